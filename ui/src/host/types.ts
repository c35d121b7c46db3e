// Made from src/models by `UPDATE_TYPES=1 cargo test --lib typescript`; not to be edited.

export type State = "unpaired" | "needs_attention" | "setup" | "error" | "overdue" | "paused" | "running" | "warnings" | "inactive" | "ok" | "never_run";
export type NextStep = "pair" | "choose_folder" | "export" | "set_schedule" | "run_schedule";
export type Snapshot = { 
/**
 * The program's version.
 */
version: string, 
/**
 * The default name of this computer at the server.
 */
device_name: string, 
/**
 * The state that the icon shows.
 */
state: State, 
/**
 * What a person does next, where the state calls for it.
 */
next_step: NextStep | null, 
/**
 * The reason for [`State::NeedsAttention`], [`State::Error`] or [`State::Overdue`].
 */
problem: ErrorBody | null, 
/**
 * The other process that locks the data folder, if any.
 */
holder: LockOwner | null, 
/**
 * Whether nothing can be changed from here: the lock owner cannot be reached, or this account may not change
 * anything.
 */
read_only: boolean, 
/**
 * The pairing that is in effect.
 */
paired: Paired | null, 
/**
 * The progress of a pairing, or the result of the last one.
 */
pairing: PairingState, 
/**
 * The progress of the running export.
 */
run: RunProgress | null, 
/**
 * The last run that has ended, without its tables.
 */
last_run: RunReport | null, 
/**
 * The schedule; `None` without a crontab.
 */
schedule: ScheduleView | null, 
/**
 * The pause of the schedule.
 */
paused: Pause | null, 
/**
 * The settings that a person may change.
 */
settings: UserSettings, 
/**
 * The number of errors and warnings of the last 24 hours; repeats are folded.
 */
recent_errors: number, 
/**
 * Changes whenever a list of runs that was read before is out of date.
 */
history_revision: number, 
/**
 * Changes whenever a list of errors that was read before is out of date.
 */
errors_revision: number, };
export type LockOwner = { 
/**
 * Its process identifier; 0 when unknown.
 */
pid: number, 
/**
 * The program and its command, such as `data_exporter export`.
 */
program: string, };
export type Paired = { 
/**
 * Domain, site or account; the Basic user.
 */
domain: string, 
/**
 * The name that a person knows: the domain without the identifier of the account in front of it.
 */
name: string, 
/**
 * The server dialect, by its word in the configuration.
 */
dialect: string, 
/**
 * The server's base URL.
 */
base_url: string | null, 
/**
 * The time of the pairing; `None` for pairings of older versions.
 */
since: string | null, };
export type PairingState = { "step": "idle" } | { "step": "requesting", 
/**
 * The reason for a delay.
 */
trouble: string | null, } | { "step": "waiting", 
/**
 * The code.
 */
code: PairingCode, 
/**
 * The failure of the last poll, if any.
 */
trouble: string | null, 
/**
 * Whether the browser was opened.
 */
browser: BrowserState, } | { "step": "keeping" } | { "step": "done", 
/**
 * The site or account; the server's host if the server names none.
 */
domain: string, 
/**
 * The kind of this name.
 */
kind: PairedKind, 
/**
 * The granted scopes; empty if the server names none.
 */
scopes: Array<string>, 
/**
 * The end of the credential, if it has one.
 */
expires_at: string | null, 
/**
 * Notes for the person, in English.
 */
notes: Array<string>, } | { "step": "failed", 
/**
 * The kind of failure.
 */
fault: PairingFault, 
/**
 * The code of the error.
 */
code: string, 
/**
 * The message, in English.
 */
message: string, 
/**
 * The remedy, in English.
 */
hint: string | null, };
export type PairingCode = { 
/**
 * The code to enter.
 */
user_code: string, 
/**
 * The page's address.
 */
verification_uri: string, 
/**
 * The page's address with the code in it.
 */
verification_uri_complete: string | null, 
/**
 * The complete address as a QR code.
 */
qr: Qr | null, 
/**
 * The time at which the code expires.
 */
expires_at: string, 
/**
 * The lifetime of the code when it was issued, in seconds.
 */
expires_in: number, 
/**
 * The time between two polls, in seconds; grows when the server asks for it.
 */
interval: number, };
export type Qr = { 
/**
 * Modules on a side.
 */
side: number, 
/**
 * The dark modules as the `d` attribute of an SVG path.
 */
path: string, };
export type BrowserState = { "browser": "asked" } | { "browser": "failed", 
/**
 * The reason, in English.
 */
why: string, };
export type PairingFault = "access_denied" | "expired_token" | "invalid_grant" | "network" | "keychain" | "unsupported" | "cancelled" | "configuration" | "internal";
export type PairedKind = "site" | "account" | "server";
export type RunProgress = { 
/**
 * The trigger.
 */
trigger: Trigger, 
/**
 * The start time.
 */
started_at: string, 
/**
 * The number of tables to send; `None` during the scan.
 */
to_send: number | null, 
/**
 * Tables sent.
 */
sent: number, 
/**
 * Unchanged tables.
 */
skipped: number, 
/**
 * Tables refused or not delivered.
 */
failed: number, 
/**
 * Rows converted.
 */
rows: number, 
/**
 * Bytes sent; repeated uploads count again.
 */
bytes_sent: number, 
/**
 * The table being converted, relative to the source folder.
 */
current: string | null, 
/**
 * The wait that is in progress, if any.
 */
waiting: Waiting | null, 
/**
 * Whether the run was asked to stop.
 */
stopping: boolean, };
export type Waiting = { 
/**
 * The end of the wait.
 */
until: string, 
/**
 * The reason, as the end of "waiting: ...", in English.
 */
why: string, };
export type ScheduleView = { 
/**
 * The cron expression as typed.
 */
crontab: string, 
/**
 * The IANA zone, or `local`.
 */
timezone: string, 
/**
 * The description in parts, for any language.
 */
plain: ScheduleDescription, 
/**
 * The description as an English sentence.
 */
sentence: string, 
/**
 * The next five runs.
 */
next: Array<string>, };
export type Pause = { 
/**
 * The end of the pause; `None` means until a person resumes the schedule.
 */
until: string | null, };
export type UserSettings = { 
/**
 * The source folder.
 */
source_dir: string | null, 
/**
 * Globs of tables to include.
 */
include_patterns: Array<string>, 
/**
 * Globs of tables to exclude.
 */
exclude_patterns: Array<string>, 
/**
 * The cron expression.
 */
crontab: string | null, 
/**
 * The IANA zone; `None` means local time.
 */
timezone: string | null, 
/**
 * The default code page.
 */
dbf_encoding: string, 
/**
 * Code pages of certain tables, by glob.
 */
overrides: { [key in string]: string }, 
/**
 * Whether to skip unchanged tables.
 */
skip_unchanged: boolean, 
/**
 * The server's base URL.
 */
base_url: string | null, 
/**
 * The language of tray and window.
 */
language: Language, 
/**
 * Whether changes of state are shown as desktop notifications.
 */
notifications: boolean, };
export type Language = "auto" | "en" | "ru" | "he";
export type Desktop = { 
/**
 * The language of tray and window; never [`Language::Auto`].
 */
language: Language, 
/**
 * Whether the program starts at login.
 */
start_at_login: boolean, 
/**
 * Whether there is a tray. Without one, closing the window ends the program.
 */
has_tray: boolean, };
export type ScheduleDescription = { 
/**
 * Times of day.
 */
times: Times, 
/**
 * Days.
 */
days: Days, 
/**
 * Months, 1 to 12; an empty list means every month.
 */
months: Array<Span>, };
export type Times = { "at": Array<string> } | { "every_seconds": number } | { "every_minutes": { 
/**
 * The interval, in minutes.
 */
count: number, 
/**
 * Hours; an empty list means every hour.
 */
hours: Array<Span>, } } | { "every_hours": { 
/**
 * The interval, in hours.
 */
count: number, 
/**
 * Minutes past the hour.
 */
minute: number, } } | { "when": { 
/**
 * Seconds of the minute.
 */
seconds: Array<Span>, 
/**
 * Minutes of the hour.
 */
minutes: Array<Span>, 
/**
 * Hours of the day.
 */
hours: Array<Span>, } };
export type Days = "every" | { "of_month": Array<Span> } | { "of_week": Array<Span> } | { "either": { 
/**
 * Days of the month.
 */
of_month: Array<Span>, 
/**
 * Days of the week.
 */
of_week: Array<Span>, } } | { "both": { 
/**
 * Days of the month.
 */
of_month: Array<Span>, 
/**
 * Days of the week.
 */
of_week: Array<Span>, } };
export type Span = { 
/**
 * The first number.
 */
first: number, 
/**
 * The last number; may equal the first.
 */
last: number, };
export type Command = { "command": "start_pairing" } & PairingRequest | { "command": "cancel_pairing" } | { "command": "browser_failed", 
/**
 * The reason, for a person.
 */
why: string, } | { "command": "unpair" } | { "command": "export", 
/**
 * Send unchanged tables too.
 */
full: boolean, 
/**
 * Globs of the tables to send; an empty list means all.
 */
only?: Array<string>, 
/**
 * A person confirmed that delivered tables that are not in the folder any more are gone.
 */
accept_missing?: boolean, 
/**
 * How long to retry an unreachable server, in seconds; `None` means five attempts.
 */
retry_for?: number, } | { "command": "cancel_export" } | { "command": "pause", 
/**
 * The length of the pause.
 */
pause: PauseFor, } | { "command": "resume" } | { "command": "change_key", 
/**
 * The key as `section.name`.
 */
key: string, 
/**
 * The new value as text; none removes the key.
 */
value: string | null, } | { "command": "save_settings", 
/**
 * All settings; unchanged ones included.
 */
settings: UserSettings, };
export type PairingRequest = { 
/**
 * Base URL of the server.
 */
base_url?: string | null, 
/**
 * Device name to register; the computer's own name by default.
 */
device_name?: string | null, 
/**
 * Kind of device, as registered with the server.
 */
device_type?: string | null, 
/**
 * Version of the device's software, as registered with the server.
 */
firmware_version?: string | null, 
/**
 * Source folder to save in the configuration.
 */
source_dir?: string | null, 
/**
 * Cron expression to save in the configuration.
 */
crontab?: string | null, 
/**
 * Default code page to save in the configuration.
 */
encoding?: string | null, 
/**
 * Whether plain http to a loopback address is allowed.
 */
no_https?: boolean | null, 
/**
 * Secret store.
 */
secret_store?: SecretStoreKind | null, 
/**
 * Server dialect.
 */
dialect?: DialectName | null, 
/**
 * Site name at the server.
 */
site_name?: string | null, 
/**
 * Site description at the server.
 */
site_description?: string | null, 
/**
 * rfc8628: issuer whose metadata names the endpoints.
 */
issuer?: string | null, 
/**
 * rfc8628: device authorization endpoint and token endpoint.
 */
endpoints?: [string, string] | null, 
/**
 * rfc8628 and aip: OAuth client identifier.
 */
client_id?: string | null, 
/**
 * romm: client name.
 */
client_name?: string | null, 
/**
 * Scopes to request, separated by spaces.
 */
scope?: string | null, 
/**
 * rfc8628: whether request bodies are JSON.
 */
json?: boolean | null, };
export type SecretStoreKind = "keychain" | "file";
export type DialectName = "dfm" | "rfc8628" | "aip" | "romm";
export type PauseFor = { "for": "seconds", 
/**
 * The number of seconds.
 */
seconds: number, } | { "for": "until_tomorrow" } | { "for": "until_resumed" };
export type EngineEvent = { "event": "changed", 
/**
 * The new view.
 */
snapshot: Snapshot, } | { "event": "progressed", 
/**
 * The new progress.
 */
run: RunProgress, 
/**
 * The events of tables and batches since the last such event, in order.
 */
events?: Array<RunEvent>, } | { "event": "open_address", 
/**
 * The page's address, with the code in it where the server provides that.
 */
address: string, } | { "event": "notice", 
/**
 * The notification.
 */
notice: Notice, } | { "event": "ended" };
export type RunEvent = { "kind": "scanned", 
/**
 * Tables found.
 */
tables: number, 
/**
 * Tables that will be sent.
 */
to_send: number, } | { "kind": "converting", 
/**
 * The table.
 */
source: string, } | { "kind": "converted", 
/**
 * The table.
 */
source: string, 
/**
 * Rows in the CSV.
 */
rows: number, 
/**
 * Bytes to send.
 */
bytes: number, } | { "kind": "skipped", 
/**
 * The table.
 */
source: string, } | { "kind": "sent", 
/**
 * The table.
 */
source: string, } | { "kind": "failed", 
/**
 * The reason.
 */
error: ErrorBody, } | { "kind": "warning", 
/**
 * The reason.
 */
error: ErrorBody, } | { "kind": "waiting", 
/**
 * The length of the wait, in milliseconds.
 */
milliseconds: number, 
/**
 * The reason, as the end of "waiting N s: ...", in English.
 */
why: string, } | { "kind": "batch_opened", 
/**
 * The server's identifier.
 */
id: string, } | { "kind": "batch_closed", 
/**
 * The server's identifier.
 */
id: string, 
/**
 * Its state, in the server's word.
 */
state: string, };
export type Notice = { 
/**
 * The new state.
 */
state: State, 
/**
 * The number of affected tables, where the state comes from a run.
 */
tables: number, 
/**
 * The reason.
 */
problem: ErrorBody | null, };
export type RunReport = { 
/**
 * The run's number in this data folder.
 */
run_id: number, 
/**
 * The server's identifier of the last batch, or null.
 */
batch_id: string | null, 
/**
 * The server's identifiers of all batches.
 */
batch_ids: Array<string>, 
/**
 * The trigger.
 */
trigger: Trigger, 
/**
 * The state.
 */
state: RunState, 
/**
 * The start time.
 */
started_at: string, 
/**
 * The end time; null while the run is in progress.
 */
finished_at: string | null, 
/**
 * The tables; absent in a list of runs.
 */
files?: Array<ExportedFile> | null, 
/**
 * Totals over the tables.
 */
totals: Totals, 
/**
 * The reason for the failure, or null.
 */
error?: ErrorBody | null, };
export type RunState = "running" | "complete" | "complete_with_warnings" | "failed" | "cancelled" | "nothing_to_do" | "interrupted";
export type Trigger = "manual" | "schedule" | "catch_up";
export type Totals = { 
/**
 * Tables found.
 */
files: number, 
/**
 * Tables delivered.
 */
sent: number, 
/**
 * Tables not sent because unchanged.
 */
skipped_unchanged: number, 
/**
 * Tables refused or not delivered.
 */
failed: number, 
/**
 * Rows in the delivered CSV files.
 */
rows_written: number, 
/**
 * Bytes read.
 */
bytes_in: number, 
/**
 * Bytes sent.
 */
bytes_out: number, 
/**
 * Warnings over all tables.
 */
warnings: number, };
export type ErrorBody = { 
/**
 * The kind of error.
 */
code: string, 
/**
 * The message: what failed, on what and why.
 */
message: string, 
/**
 * The remedy.
 */
hint: string | null, 
/**
 * The affected file or folder.
 */
path: string | null, };
export type ExportedFile = { 
/**
 * The upload name, of the first part when there are several; null when the table never got one.
 */
wire_name: string | null, 
/**
 * The number of uploaded files that carry the table.
 */
parts: number, 
/**
 * Whether the table was sent; null in a dry run or before the upload.
 */
upload: UploadState | null, 
/**
 * Whether the server's checksum equalled ours; null where the server sent none.
 */
checksum_verified: boolean | null, 
/**
 * The reason why the table was or would be sent or skipped.
 */
decision: string | null, 
/**
 * The table: as given to `convert`; in an export relative to the source folder, with `/`.
 */
source: string, 
/**
 * The CSV file; null where there is none or it went to a server.
 */
output: string | null, 
/**
 * The table's name as the server derives it: the upload name without its extension.
 */
table: string, 
/**
 * The table format, such as `Visual FoxPro`; null when the header could not be read.
 */
dialect: string | null, 
/**
 * The code page, such as `CP866`; null when the header could not be read.
 */
encoding: string | null, 
/**
 * The source of the code page.
 */
encoding_source: EncodingSource | null, 
/**
 * The row counts.
 */
rows: RowCounts, 
/**
 * Size of the table and its memo file, in bytes.
 */
bytes_in: number, 
/**
 * Size of the output, in bytes; all parts together.
 */
bytes_out: number, 
/**
 * SHA-256 of the output in lower-case hex; of the first part when there are several; null when the table was
 * refused.
 */
sha256: string | null, 
/**
 * Values that were lost or repaired: exit code 3.
 */
warnings: Array<Finding>, 
/**
 * Data omitted because of the settings, and other facts that change neither state nor exit code.
 */
notes: Array<Finding>, 
/**
 * The reason why the table was refused, or null.
 */
error: ErrorBody | null, };
export type UploadState = "sent" | "skipped_unchanged" | "failed";
export type RowCounts = { 
/**
 * Rows that the header counts.
 */
header: number, 
/**
 * Rows whose deletion flag is a blank.
 */
live: number, 
/**
 * Rows whose deletion flag is `*`.
 */
deleted: number, 
/**
 * Rows with any other deletion flag; exported as live.
 */
bad: number, 
/**
 * Whole rows after the header's last row and before any end marker.
 */
beyond_header: number, 
/**
 * Rows that the header counts and the file does not contain.
 */
missing: number, 
/**
 * Rows written to the CSV.
 */
written: number, };
export type Finding = { 
/**
 * The code, such as `NUMBER_INVALID`; see `convert::findings`.
 */
code: string, 
/**
 * The first affected row, counted from 1 in file order; null where the finding concerns no row.
 */
row: number | null, 
/**
 * The column's name as in the CSV; null where the finding concerns no column.
 */
column: string | null, 
/**
 * The number of occurrences.
 */
count: number, 
/**
 * The message for a person. Never contains the value itself.
 */
message: string, };
export type EncodingSource = "setting" | "cpg" | "ldid" | "driver" | "default";
export type HistoryQuery = { 
/**
 * States to match; an empty list matches any.
 */
states: Array<RunState>, 
/**
 * Triggers to match; an empty list matches any.
 */
triggers: Array<Trigger>, 
/**
 * Text to find in the number, a batch identifier, the error or a table's name, ignoring case.
 */
text: string | null, 
/**
 * Match runs that started at or after this time.
 */
since: string | null, 
/**
 * Match runs that started before this time.
 */
until: string | null, };
export type HistoryPage = { 
/**
 * The runs, without their tables.
 */
runs: Array<RunReport>, 
/**
 * The number of matching runs on all pages.
 */
total: number, 
/**
 * The cursor of the next page; `None` on the last page.
 */
next: string | null, };
export type ErrorQuery = { 
/**
 * Severities to match; an empty list matches any.
 */
severities: Array<ErrorSeverity>, 
/**
 * Type to match, ignoring case.
 */
kind: string | null, 
/**
 * Text to find in message, hint, type or metadata, ignoring case.
 */
text: string | null, 
/**
 * Match errors seen at or after this time.
 */
since: string | null, 
/**
 * Match errors first seen before this time.
 */
until: string | null, };
export type ErrorPage = { 
/**
 * The errors; repeats within an hour are folded.
 */
errors: Array<RecordedError>, 
/**
 * The number of matching errors on all pages.
 */
total: number, 
/**
 * The number of errors of each severity that would match without the severity filter.
 */
by_severity: Partial<Record<ErrorSeverity, number>>, 
/**
 * The cursor of the next page; `None` on the last page.
 */
next: string | null, };
export type RecordedError = { 
/**
 * Its number.
 */
id: number, 
/**
 * Its type.
 */
type: string, 
/**
 * The severity.
 */
severity: ErrorSeverity, 
/**
 * The message.
 */
message: string, 
/**
 * The details.
 */
metadata: Record<string, unknown>, 
/**
 * The time of its first occurrence within the hour.
 */
first_at: string, 
/**
 * The time of its last occurrence within the hour.
 */
last_at: string, 
/**
 * The number of occurrences within the hour.
 */
count: number, 
/**
 * Whether the error was reported to the server.
 */
reported: boolean, 
/**
 * Whether it is over: the table of the error was delivered later, or a later run than its own completed.
 */
solved: boolean, 
/**
 * The last run in which it occurred.
 */
run_id: number | null, 
/**
 * The remedy.
 */
hint: string | null, };
export type ErrorSeverity = "INFO" | "WARNING" | "ERROR" | "CRITICAL";
export type List = { "list": "history", 
/**
 * The filter.
 */
query: HistoryQuery, } | { "list": "errors", 
/**
 * The filter.
 */
query: ErrorQuery, };
export type ListFormat = "csv" | "json";
export type PreviewRequest = { 
/**
 * The source folder; `None` for the configured one.
 */
source_dir: string | null, 
/**
 * The table, relative to the folder, with `/`; `None` for the one that shows most.
 */
source: string | null, 
/**
 * The code page to use; overrides the table's own.
 */
encoding: string | null, };
export type Preview = { 
/**
 * The table, relative to the folder.
 */
source: string, 
/**
 * The table format.
 */
dialect: string, 
/**
 * The code page.
 */
encoding: string, 
/**
 * The source of the code page.
 */
encoding_source: EncodingSource, 
/**
 * Rows that the header counts.
 */
rows_in_header: number, 
/**
 * The columns.
 */
columns: Array<string>, 
/**
 * At most 20 rows with one cell for each column; long cells are truncated.
 */
rows: Array<Array<string>>, 
/**
 * Problems found in these rows.
 */
warnings: Array<Finding>, };
export type SettingsCheck = { 
/**
 * The problems; the settings can be saved when there are none.
 */
problems: Array<SettingsProblem>, 
/**
 * The next runs; `None` without a valid crontab.
 */
schedule: ScheduleView | null, 
/**
 * The tables in the source folder; `None` when it cannot be read.
 */
tables: TablesFound | null, };
export type SettingsProblem = { 
/**
 * The field of [`UserSettings`].
 */
field: string, 
/**
 * The fault, in English.
 */
message: string, 
/**
 * The remedy, in English.
 */
remedy: string, };
export type TablesFound = { 
/**
 * The number of tables.
 */
count: number, 
/**
 * The first 200 of them, relative to the folder, with `/`.
 */
first: Array<string>, };
