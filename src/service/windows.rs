//! The Windows service: installed by the service control manager with a quoted path and an account of its own;
//! [`serve`] is the program's side, which registers its control handler before it waits for anything.

use std::ffi::OsString;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;
use windows_registry::LOCAL_MACHINE;
use windows_service::service::{
    Service, ServiceAccess, ServiceAction, ServiceActionType, ServiceControl, ServiceControlAccept,
    ServiceErrorControl, ServiceExitCode, ServiceFailureActions, ServiceFailureResetPeriod, ServiceInfo,
    ServiceStartType, ServiceState, ServiceStatus as WindowsStatus, ServiceType,
};
use windows_service::service_control_handler::{self, ServiceControlHandlerResult, ServiceStatusHandle};
use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};
use windows_service::{Error as ManagerError, define_windows_service, service_dispatcher};

use super::rights::ACCOUNT;
use super::{InstallPlan, ServiceAction, ServiceStatus, Site};
use crate::error::{Code, Error, Result, fault};
use crate::platform::SERVICE_FLAG;

/// The service name of the former program's installations.
const NAME: &str = "data-exporter";
/// `ERROR_SERVICE_DOES_NOT_EXIST`.
const UNKNOWN: i32 = 1060;
/// `ERROR_INVALID_LEVEL`.
const INVALID_LEVEL: i32 = 124;
/// Maximum duration of a stop, as reported to the manager.
const STOPPING: Duration = Duration::from_secs(15);

/// The work of the service: it ends when the token is cancelled, and returns an exit code.
pub type ServiceWork = Box<dyn FnOnce(CancellationToken) -> u8 + Send>;

static WORK: OnceLock<Mutex<Option<ServiceWork>>> = OnceLock::new();

/// Installs the service, runs `plan`, and starts the service. A service of the former program keeps its name and gets
/// this program. A new service is removed when a later step fails.
///
/// # Errors
/// The manager's error.
pub fn install(site: &Site, plan: &InstallPlan) -> Result<()> {
    let manager = manager(ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE)?;
    let info = ServiceInfo {
        name: OsString::from(NAME),
        display_name: OsString::from("Data Exporter"),
        service_type: ServiceType::OWN_PROCESS,
        start_type: ServiceStartType::AutoStart,
        error_control: ServiceErrorControl::Normal,
        // The crate quotes a path with blanks.
        executable_path: site.program.clone(),
        launch_arguments: ["run", SERVICE_FLAG].map(OsString::from).to_vec(),
        dependencies: Vec::new(),
        account_name: Some(OsString::from(ACCOUNT)),
        account_password: None,
    };
    let access = ServiceAccess::CHANGE_CONFIG
        | ServiceAccess::START
        | ServiceAccess::STOP
        | ServiceAccess::QUERY_STATUS
        | ServiceAccess::DELETE;
    let Some(service) = open(&manager, access)? else {
        let service = manager.create_service(&info, access).map_err(failed("install the service"))?;
        return set_up(&service, site, plan).inspect_err(|_| {
            if let Err(error) = service.delete() {
                tracing::debug!(%error, "the service could not be removed again");
            }
        });
    };
    stop(&service)?;
    service.change_config(&info).map_err(failed("change the service"))?;
    set_up(&service, site, plan)
}

fn set_up(service: &Service, site: &Site, plan: &InstallPlan) -> Result<()> {
    service
        .set_description("Uploads DBF tables to a Data Forge server")
        .and_then(|()| where_known(service.update_failure_actions(recovery())))
        .and_then(|()| where_known(service.set_failure_actions_on_non_crash_failures(true)))
        .and_then(|()| where_known(service.set_preshutdown_timeout(STOPPING)))
        .map_err(failed("set up the service"))?;
    if let Some(data) = &site.data {
        pass_on(data)?;
    }
    crate::logging::register();
    // From here on the service's account exists.
    plan.carry_out()?;
    service.start::<OsString>(&[]).map_err(failed("start the service"))
}

/// The service works in the folder that this program uses.
fn pass_on(data: &Path) -> Result<()> {
    let key = format!("SYSTEM\\CurrentControlSet\\Services\\{NAME}");
    let variable = format!("DATA_EXPORTER_HOME={}", data.display());
    let set = LOCAL_MACHINE.create(key).and_then(|key| key.set_multi_string("Environment", &[&variable]));
    set.map_err(|error| {
        Error::new(Code::UnknownError, format!("cannot configure the service's data folder: {error}"))
    })
}

/// A setting that this Windows does not know keeps its value.
fn where_known(set: windows_service::Result<()>) -> windows_service::Result<()> {
    match set {
        Err(ManagerError::Winapi(error)) if error.raw_os_error() == Some(INVALID_LEVEL) => Ok(()),
        set => set,
    }
}

/// Restarts after half a minute, then five, then fifteen; a day without a failure resets the count.
fn recovery() -> ServiceFailureActions {
    let again = |seconds| ServiceAction {
        action_type: ServiceActionType::Restart,
        delay: Duration::from_secs(seconds),
    };
    ServiceFailureActions {
        reset_period: ServiceFailureResetPeriod::After(Duration::from_hours(24)),
        reboot_msg: None,
        command: None,
        actions: Some(vec![again(30), again(300), again(900)]),
    }
}

/// Stops and removes the service.
///
/// # Errors
/// The manager's error.
pub fn uninstall() -> Result<()> {
    let manager = manager(ServiceManagerAccess::CONNECT)?;
    let access = ServiceAccess::STOP | ServiceAccess::QUERY_STATUS | ServiceAccess::DELETE;
    let Some(service) = open(&manager, access)? else {
        return Err(Error::new(Code::UnknownError, "the service is not installed"));
    };
    stop(&service)?;
    service.delete().map_err(failed("remove the service"))
}

/// Returns the state of the service.
///
/// # Errors
/// The manager's error.
pub fn status() -> Result<ServiceStatus> {
    let manager = manager(ServiceManagerAccess::CONNECT)?;
    let Some(service) = open(&manager, ServiceAccess::QUERY_STATUS)? else {
        return Ok(ServiceStatus::NotInstalled);
    };
    let status = service.query_status().map_err(failed("ask the service"))?;
    Ok(match status.current_state {
        ServiceState::Running | ServiceState::StartPending => ServiceStatus::Running,
        _ => ServiceStatus::Stopped,
    })
}

/// Starts or stops the service.
///
/// # Errors
/// The manager's error.
pub fn control(action: ServiceAction) -> Result<()> {
    let manager = manager(ServiceManagerAccess::CONNECT)?;
    let access = ServiceAccess::START | ServiceAccess::STOP | ServiceAccess::QUERY_STATUS;
    let Some(service) = open(&manager, access)? else { return Ok(()) };
    if action != ServiceAction::Start {
        stop(&service)?;
    }
    if action != ServiceAction::Stop {
        service.start::<OsString>(&[]).map_err(failed("start the service"))?;
    }
    Ok(())
}

/// Opens the service, where the manager knows it.
fn open(manager: &ServiceManager, access: ServiceAccess) -> Result<Option<Service>> {
    match manager.open_service(NAME, access) {
        Ok(service) => Ok(Some(service)),
        Err(ManagerError::Winapi(error)) if error.raw_os_error() == Some(UNKNOWN) => Ok(None),
        Err(error) => Err(failed("open the service")(error)),
    }
}

/// Stops the service and waits until its process has released everything.
fn stop(service: &Service) -> Result<()> {
    let asked = Instant::now();
    // A service that does not run cannot be stopped.
    let _ = service.stop();
    loop {
        let status = service.query_status().map_err(failed("ask the service"))?;
        if status.current_state == ServiceState::Stopped {
            return Ok(());
        }
        if asked.elapsed() > STOPPING {
            let why = format!("the service does not stop; its state is {:?}", status.current_state);
            return Err(Error::new(Code::UnknownError, why).hint("end its process and try again"));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Runs `work` as the service; returns when the manager has released the program.
///
/// # Errors
/// When the manager did not start the program.
pub fn serve(work: ServiceWork) -> Result<()> {
    let place = WORK.get_or_init(|| Mutex::new(None));
    *place.lock() = Some(work);
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
    // Comes before any wait: the manager gives up on a service that does not respond.
    let Ok(handle) = service_control_handler::register(NAME, handler) else { return };
    set_status(handle, ServiceState::Running, 0, Duration::ZERO);
    let work = WORK.get().and_then(|place| place.lock().take());
    let stopped = stop.clone();
    let stopping = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        if let Ok(runtime) = runtime {
            runtime.block_on(stopped.cancelled());
            set_status(handle, ServiceState::StopPending, 0, STOPPING);
        }
    });
    let code = work.map_or(1, |work| {
        fault::caught(|| work(stop.clone())).unwrap_or_else(|fault| {
            tracing::error!("{}", fault.error("the service").message);
            1
        })
    });
    stop.cancel();
    let _ = stopping.join();
    set_status(handle, ServiceState::Stopped, code, Duration::ZERO);
}

fn set_status(handle: ServiceStatusHandle, state: ServiceState, code: u8, wait_hint: Duration) {
    let controls_accepted = match state {
        // More time than an ordinary shutdown needs.
        ServiceState::Running => ServiceControlAccept::STOP | ServiceControlAccept::PRESHUTDOWN,
        _ => ServiceControlAccept::empty(),
    };
    let _ = handle.set_service_status(WindowsStatus {
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
        let why = match error {
            ManagerError::Winapi(error) => error.to_string(),
            error => error.to_string(),
        };
        Error::new(Code::UnknownError, format!("cannot {doing}: {why}"))
            .hint("run it from an administrator's command prompt")
    }
}
