//! The two kinds of process of a Ballista cluster, both with the functions on board.

use crate::session;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::utils::default_config_producer;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// An executor sends a heartbeat once a second; one that was silent for this long is given up and its work done elsewhere.
/// Ballista's default of three minutes suits a network.
const SILENCE_S: u64 = 5;

/// Plans queries and hands out tasks, until it is stopped.
pub async fn scheduler(port: u16) -> Result<(), Box<dyn Error>> {
    let config = SchedulerConfig {
        bind_port: port,
        external_host: Ipv4Addr::LOCALHOST.to_string(),
        executor_timeout_seconds: SILENCE_S,
        expire_dead_executor_interval_seconds: 1,
        no_executors_grace_period_seconds: 4 * SILENCE_S,
        override_session_builder: Some(Arc::new(session::state)),
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await?;
    start_server(cluster, SocketAddr::from((Ipv4Addr::LOCALHOST, port)), Arc::new(config)).await?;
    Ok(())
}

/// Does the scheduler's tasks, as many at once as `cores`, until it is stopped. Takes this port and the next.
pub async fn executor(
    port: u16,
    scheduler_port: u16,
    work: String,
    cores: usize,
) -> Result<(), Box<dyn Error>> {
    let functions = BallistaFunctionRegistry::from(&session::state(default_config_producer())?);
    let config = ExecutorProcessConfig {
        port,
        grpc_port: port
            .checked_add(1)
            .ok_or("an executor needs PORT and PORT + 1; PORT must be below 65535")?,
        external_host: Some(Ipv4Addr::LOCALHOST.to_string()),
        scheduler_host: Ipv4Addr::LOCALHOST.to_string(),
        scheduler_port,
        scheduler_connect_timeout_seconds: 20,
        vcores: cores,
        work_dir: Some(work),
        executor_heartbeat_interval_seconds: 1,
        override_function_registry: Some(Arc::new(functions)),
        ..ExecutorProcessConfig::default()
    };
    start_executor_process(Arc::new(config)).await?;
    Ok(())
}
