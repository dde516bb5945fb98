//! Columns of a result, told by name and by where each value is found.

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, ListArray, StringArray, StringBuilder, StructArray,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::error::Result;
use std::sync::Arc;

/// The source of a column's values in a `T`; a row without a `T` is null.
pub enum Get<T> {
    Number(fn(&T) -> Option<f64>),
    Count(fn(&T) -> usize),
    Flag(fn(&T) -> bool),
    Text(fn(&T) -> String),
    Texts(fn(&T) -> Vec<String>),
    Rows(Box<dyn Nested<T>>),
}

/// A column.
pub struct Column<T>(pub &'static str, pub Get<T>);

/// A list of rows in a row.
pub trait Nested<T> {
    fn data_type(&self) -> DataType;
    fn array(&self, rows: &[Option<&T>]) -> Result<ArrayRef>;
}

/// A list of `U` in each `T`.
pub struct ListOf<T, U> {
    pub get: fn(&T) -> Vec<U>,
    pub columns: Vec<Column<U>>,
}

/// The columns' names and types.
pub fn fields<T>(columns: &[Column<T>]) -> Fields {
    columns.iter().map(|Column(name, get)| Field::new(*name, get.data_type(), true)).collect()
}

/// The columns side by side.
pub fn table<T>(columns: &[Column<T>], rows: &[Option<&T>]) -> Result<StructArray> {
    let arrays = columns.iter().map(|Column(_, get)| get.array(rows)).collect::<Result<Vec<_>>>()?;
    Ok(StructArray::try_new_with_length(fields(columns), arrays, None, rows.len())?)
}

impl<T> Get<T> {
    fn data_type(&self) -> DataType {
        match self {
            Get::Number(_) => DataType::Float64,
            Get::Count(_) => DataType::Int64,
            Get::Flag(_) => DataType::Boolean,
            Get::Text(_) => DataType::Utf8,
            Get::Texts(_) => DataType::List(texts()),
            Get::Rows(nested) => nested.data_type(),
        }
    }

    fn array(&self, rows: &[Option<&T>]) -> Result<ArrayRef> {
        let each = || rows.iter().copied();
        Ok(match self {
            Get::Number(get) => Arc::new(each().map(|row| row.and_then(get)).collect::<Float64Array>()),
            Get::Count(get) => {
                Arc::new(each().map(|row| row.map(|row| get(row) as i64)).collect::<Int64Array>())
            }
            Get::Flag(get) => Arc::new(each().map(|row| row.map(get)).collect::<BooleanArray>()),
            Get::Text(get) => Arc::new(each().map(|row| row.map(get)).collect::<StringArray>()),
            Get::Texts(get) => {
                let mut values = StringBuilder::new();
                each().flatten().flat_map(get).for_each(|text| values.append_value(text));
                Arc::new(list(texts(), rows, |row| get(row).len(), Arc::new(values.finish()))?)
            }
            Get::Rows(nested) => nested.array(rows)?,
        })
    }
}

impl<T, U> Nested<T> for ListOf<T, U> {
    fn data_type(&self) -> DataType {
        DataType::List(self.element())
    }

    fn array(&self, rows: &[Option<&T>]) -> Result<ArrayRef> {
        let inner: Vec<U> = rows.iter().flatten().flat_map(|row| (self.get)(row)).collect();
        let values = Arc::new(table(&self.columns, &inner.iter().map(Some).collect::<Vec<_>>())?);
        Ok(Arc::new(list(self.element(), rows, |row| (self.get)(row).len(), values)?))
    }
}

impl<T, U> ListOf<T, U> {
    fn element(&self) -> Arc<Field> {
        Arc::new(Field::new_list_field(DataType::Struct(fields(&self.columns)), true))
    }
}

fn texts() -> Arc<Field> {
    Arc::new(Field::new_list_field(DataType::Utf8, true))
}

fn list<T>(
    element: Arc<Field>,
    rows: &[Option<&T>],
    length: impl Fn(&T) -> usize,
    values: ArrayRef,
) -> Result<ListArray> {
    let offsets = OffsetBuffer::from_lengths(rows.iter().map(|row| row.map_or(0, &length)));
    let nulls: NullBuffer = rows.iter().map(Option::is_some).collect();
    Ok(ListArray::try_new(element, offsets, values, Some(nulls))?)
}
