#![allow(unused_imports)]
use std::path::Path;
use data_exporter::error::{GlobalErrorLogger, ErrorReporter};
use data_exporter::auth::TokenManager;
use data_exporter::models::{Config, ErrorSeverity, GlobalErrorReport};
use std::sync::Arc;
use std::collections::HashMap;
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Initialize components
    let config = Arc::new(Config::from_file(Path::new("config.toml"))?);
    let reporter = Arc::new(ErrorReporter::new(config.api.https_only)?);
    let token_manager = Arc::new(TokenManager::new(&config)?);
    // Create logger
    let logger = GlobalErrorLogger::new(reporter, token_manager, config);
    // Report startup
    logger
        .info("STARTUP_SUCCESS".to_string(), "Data Exporter started successfully".to_string(), None)
        .await?;
    // Report error with metadata
    let mut metadata = HashMap::new();
    metadata.insert("version".to_string(), serde_json::Value::String("1.0.0".to_string()));
    logger
        .critical(
            "STARTUP_ERROR".to_string(),
            "Failed to initialize database connection pool".to_string(),
            Some(metadata),
        )
        .await?;
    Ok(())
}
