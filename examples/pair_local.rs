#![allow(unused_imports)]
use data_exporter::auth::device_flow::{ClientMetadata, DeviceFlowClient};
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Create client
    let client = DeviceFlowClient::new(
        std::env::args().nth(1).ok_or("the address is missing")?,
        std::env::args().nth(2).ok_or("true or false is missing")?.parse()?, // https_only
    )?;
    // Create metadata
    let metadata = ClientMetadata {
        device_name: "Warehouse Scanner #1".to_string(),
        device_type: Some("raspberry-pi".to_string()),
        firmware_version: Some("2.1.0".to_string()),
    };
    // Run complete flow
    let (credentials, auth_response) = client.run_device_flow(metadata).await?;
    println!("Authorized! Domain: {}", credentials.domain);
    println!("Client Secret: {}", credentials.client_secret);
    Ok(())
}
