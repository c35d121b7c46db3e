//! The service of Windows: installed by the service control manager with a quoted path and an account of its own, and
//! [`serve`], the program's side, whose control handler is registered before anything is waited for.

use std::ffi::OsString;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use windows_service::service::{
    ServiceAccess, ServiceControl, ServiceControlAccept, ServiceErrorControl, ServiceExitCode, ServiceInfo,
    ServiceStartType, ServiceState, ServiceStatus, ServiceType,
};
use windows_service::service_control_handler::{self, ServiceControlHandlerResult, ServiceStatusHandle};
use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};
use windows_service::{Error as ManagerError, define_windows_service, service_dispatcher};

use super::Status;
use crate::error::{Code, Error, Result};

/// The name that installations of the former program have.
const NAME: &str = "data-exporter";
/// An account that the system makes for this service alone.
const ACCOUNT: &str = "NT SERVICE\\data-exporter";
/// How long a stop may take, as the manager is told.
const STOPPING: Duration = Duration::from_secs(15);

/// What the service does: it ends when the token is cancelled, with an exit code.
pub type Work = Box<dyn FnOnce(CancellationToken) -> u8 + Send>;

static WORK: OnceLock<Mutex<Option<Work>>> = OnceLock::new();

/// Installs the service and starts it.
///
/// # Errors
/// What the manager says.
pub fn install(program: &Path) -> Result<()> {
    let manager = manager(ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE)?;
    let info = ServiceInfo {
        name: OsString::from(NAME),
        display_name: OsString::from("Data Exporter"),
        service_type: ServiceType::OWN_PROCESS,
        start_type: ServiceStartType::AutoStart,
        error_control: ServiceErrorControl::Normal,
        // The crate puts the path and each argument in quotes.
        executable_path: program.to_path_buf(),
        launch_arguments: vec![OsString::from("run"), OsString::from("--service")],
        dependencies: Vec::new(),
        account_name: Some(OsString::from(ACCOUNT)),
        account_password: None,
    };
    let access = ServiceAccess::CHANGE_CONFIG | ServiceAccess::START;
    // A former program's service keeps its name and gets this program.
    let service = match manager.open_service(NAME, access) {
        Ok(service) => {
            service.change_config(&info).map_err(failed("change the service"))?;
            service
        }
        Err(_) => manager.create_service(&info, access).map_err(failed("install the service"))?,
    };
    service
        .set_description("Carries DBF tables to a Data Forge server")
        .map_err(failed("describe the service"))?;
    crate::logging::register();
    service.start::<OsString>(&[]).map_err(failed("start the service"))
}

/// Stops the service and removes it.
///
/// # Errors
/// What the manager says.
pub fn uninstall() -> Result<()> {
    let manager = manager(ServiceManagerAccess::CONNECT)?;
    let access = ServiceAccess::STOP | ServiceAccess::DELETE;
    let service = manager.open_service(NAME, access).map_err(failed("find the service"))?;
    // One that does not run cannot be stopped.
    let _ = service.stop();
    service.delete().map_err(failed("remove the service"))
}

/// How the service is.
///
/// # Errors
/// What the manager says.
pub fn status() -> Result<Status> {
    let manager = manager(ServiceManagerAccess::CONNECT)?;
    let Ok(service) = manager.open_service(NAME, ServiceAccess::QUERY_STATUS) else {
        return Ok(Status::NotInstalled);
    };
    let status = service.query_status().map_err(failed("ask the service"))?;
    Ok(match status.current_state {
        ServiceState::Running | ServiceState::StartPending => Status::Running,
        _ => Status::Stopped,
    })
}

/// Runs `work` as the service; returns when the manager has let the program go.
///
/// # Errors
/// When the program was not started by the manager.
pub fn serve(work: Work) -> Result<()> {
    let place = WORK.get_or_init(|| Mutex::new(None));
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(work);
    service_dispatcher::start(NAME, ffi_service_main).map_err(failed("run as a service"))
}

define_windows_service!(ffi_service_main, service_main);

fn service_main(_arguments: Vec<OsString>) {
    let stop = CancellationToken::new();
    let asked = stop.clone();
    let handler = move |control| match control {
        ServiceControl::Stop | ServiceControl::Shutdown | ServiceControl::Preshutdown => {
            asked.cancel();
            ServiceControlHandlerResult::NoError
        }
        ServiceControl::Interrogate => ServiceControlHandlerResult::NoError,
        _ => ServiceControlHandlerResult::NotImplemented,
    };
    // Before any wait: the manager gives up on a service that does not answer.
    let Ok(handle) = service_control_handler::register(NAME, handler) else { return };
    tell(handle, ServiceState::Running, 0, Duration::ZERO);
    let work = WORK.get().and_then(|place| place.lock().unwrap_or_else(PoisonError::into_inner).take());
    let told = stop.clone();
    let stopping = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        if let Ok(runtime) = runtime {
            runtime.block_on(told.cancelled());
            tell(handle, ServiceState::StopPending, 0, STOPPING);
        }
    });
    let code = work.map_or(1, |work| work(stop.clone()));
    stop.cancel();
    let _ = stopping.join();
    tell(handle, ServiceState::Stopped, code, Duration::ZERO);
}

fn tell(handle: ServiceStatusHandle, state: ServiceState, code: u8, wait_hint: Duration) {
    let controls_accepted = match state {
        ServiceState::Running => ServiceControlAccept::STOP | ServiceControlAccept::SHUTDOWN,
        _ => ServiceControlAccept::empty(),
    };
    let _ = handle.set_service_status(ServiceStatus {
        service_type: ServiceType::OWN_PROCESS,
        current_state: state,
        controls_accepted,
        exit_code: match code {
            0 => ServiceExitCode::NO_ERROR,
            code => ServiceExitCode::ServiceSpecific(code.into()),
        },
        checkpoint: 0,
        wait_hint,
        process_id: None,
    });
}

fn manager(access: ServiceManagerAccess) -> Result<ServiceManager> {
    ServiceManager::local_computer(None::<&str>, access).map_err(failed("reach the service control manager"))
}

fn failed(doing: &'static str) -> impl Fn(ManagerError) -> Error {
    move |error| {
        Error::new(Code::UnknownError, format!("cannot {doing}: {error}"))
            .hint("do it from a prompt that was started as an administrator")
    }
}
