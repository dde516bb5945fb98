//! The table behind the handles. They are numbers and not pointers, because a freed pointer cannot be detected, while a number that is
//! never reused can: a wrong handle gives a status instead of a crash.

use crate::status::{CopeakStatus, Fault};
use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Clone)]
struct Held {
    is: TypeId,
    object: Arc<Mutex<dyn Any + Send>>,
}

struct Table {
    held: BTreeMap<u64, Held>,
    made: u64,
}

static TABLE: Mutex<Table> = Mutex::new(Table { held: BTreeMap::new(), made: 0 });

fn table() -> MutexGuard<'static, Table> {
    // Nothing panics while the table is locked, but for want of memory, which leaves it whole.
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A number for `object` that never comes again in this process.
pub(crate) fn hold<T: Any + Send>(object: T) -> u64 {
    let mut table = table();
    table.made += 1;
    // An odd factor maps different counts to different numbers, and small ones are not guessed by accident.
    let id = table.made.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    table.held.insert(id, Held { is: TypeId::of::<T>(), object: Arc::new(Mutex::new(object)) });
    id
}

/// Works on what `id` stands for. The table is not locked meanwhile.
pub(crate) fn with<T: Any, R>(id: u64, work: impl FnOnce(&mut T) -> Result<R, Fault>) -> Result<R, Fault> {
    let held = table().held.get(&id).cloned().ok_or(CopeakStatus::Handle)?;
    if held.is != TypeId::of::<T>() {
        return Err(CopeakStatus::HandleType.into());
    }
    // Locked for good once work has panicked.
    let mut object = held.object.lock().map_err(|_| CopeakStatus::Defect)?;
    work(object.downcast_mut().ok_or(CopeakStatus::HandleType)?)
}

/// Releases the object of `id`; 0 is none. Work in progress is finished; the last user frees the object.
pub(crate) fn free<T: Any>(id: u64) -> Result<(), Fault> {
    if id == 0 {
        return Ok(());
    }
    let mut table = table();
    if table.held.get(&id).ok_or(CopeakStatus::Handle)?.is != TypeId::of::<T>() {
        return Err(CopeakStatus::HandleType.into());
    }
    let held = table.held.remove(&id);
    if table.held.is_empty() {
        // Gives its memory back, too.
        table.held = BTreeMap::new();
    }
    drop(table);
    drop(held);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::guard;

    #[test]
    fn work_that_panics_leaves_a_handle_that_can_only_be_freed() {
        let id = hold(1_i32);
        assert_eq!(guard(|| with::<i32, ()>(id, |_| panic!("a defect"))), CopeakStatus::Defect);
        assert_eq!(guard(|| with::<i32, ()>(id, |_| Ok(()))), CopeakStatus::Defect);
        assert_eq!(guard(|| free::<f64>(id)), CopeakStatus::HandleType);
        assert_eq!(guard(|| free::<i32>(id)), CopeakStatus::Ok);
        assert_eq!(guard(|| free::<i32>(id)), CopeakStatus::Handle);
    }

    #[test]
    fn many_threads_share_the_table() {
        let one = hold(0_u64);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for i in 0..1000_u64 {
                        let own = hold(i);
                        assert_eq!(with(own, |v: &mut u64| Ok(*v)).unwrap(), i);
                        with(one, |v: &mut u64| {
                            *v += 1;
                            Ok(())
                        })
                        .unwrap();
                        free::<u64>(own).unwrap();
                    }
                });
            }
        });
        assert_eq!(with(one, |v: &mut u64| Ok(*v)).unwrap(), 4000);
        free::<u64>(one).unwrap();
    }
}
