//! Sessions that run a query in this process or on a cluster.

use crate::function;
use ballista::prelude::{SessionConfigExt, SessionContextExt};
use ballista_core::utils::default_session_builder;
use datafusion::error::Result;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};

/// A recording is a hundred kilobytes or more where the engine expects a row of a few bytes: this many at a time.
const ROWS_AT_A_TIME: usize = 16;

/// Partitions of a query, the same wherever it runs.
pub fn config(partitions: usize) -> SessionConfig {
    let config = SessionConfig::new_with_ballista();
    let config = config.with_target_partitions(partitions).with_batch_size(ROWS_AT_A_TIME);
    // The engine fetches fields of a struct early, for which it puts the call in the place of each: a study for every field.
    config.set_bool("datafusion.optimizer.enable_leaf_expression_pushdown", false)
}

/// A session over the Parquet files of a folder, the table `recordings`: on the cluster of the scheduler at this port of this
/// machine, or here.
pub async fn over(folder: &str, partitions: usize, scheduler: Option<u16>) -> Result<SessionContext> {
    let state = SessionStateBuilder::new().with_config(config(partitions)).with_default_features().build();
    let session = match scheduler {
        Some(port) => SessionContext::remote_with_state(&format!("df://127.0.0.1:{port}"), state).await?,
        None => SessionContext::new_with_state(state),
    };
    register(&session);
    session.register_parquet("recordings", folder, ParquetReadOptions::default()).await?;
    Ok(session)
}

/// State of a process of a cluster: everything the engine offers, and the functions.
pub fn state(config: SessionConfig) -> Result<SessionState> {
    let session = SessionContext::new_with_state(default_session_builder(config)?);
    register(&session);
    Ok(session.state())
}

/// Makes the functions known to a session.
pub fn register(session: &SessionContext) {
    function::all().into_iter().for_each(|function| session.register_udf(function));
}
