// Made from src/models by `UPDATE_TYPES=1 cargo test --lib typescript`; not to be edited.

export type State = "unpaired" | "needs_attention" | "error" | "overdue" | "paused" | "running" | "warnings" | "ok" | "never_run";
export type Snapshot = { 
/**
 * The program's version.
 */
version: string, 
/**
 * The name this computer has at the server unless another is given.
 */
device_name: string, 
/**
 * The one state that the icon shows.
 */
state: State, 
/**
 * Why the state is [`State::NeedsAttention`], [`State::Error`] or [`State::Overdue`].
 */
problem: ErrorBody | null, 
/**
 * The process that holds the data folder, where it is another one.
 */
holder: LockOwner | null, 
/**
 * Whether nothing can be changed from here: the holder cannot be reached, or may not be told what to do.
 */
read_only: boolean, 
/**
 * Whom this computer is paired with.
 */
paired: Paired | null, 
/**
 * The pairing that is under way, or how the last one ended.
 */
pairing: PairingState, 
/**
 * The run that is going on.
 */
run: RunProgress | null, 
/**
 * The newest run that has ended, without its tables.
 */
last_run: RunReport | null, 
/**
 * When exports are due; none without a crontab.
 */
schedule: ScheduleView | null, 
/**
 * Since when and until when the schedule rests.
 */
paused: Pause | null, 
/**
 * What a person may change.
 */
settings: UserSettings, 
/**
 * Errors and warnings of the last 24 hours, repeats folded.
 */
recent_errors: number, 
/**
 * Changes whenever a list of runs shown before is out of date.
 */
history_revision: number, 
/**
 * Changes whenever a list of errors shown before is out of date.
 */
errors_revision: number, };
export type LockOwner = { 
/**
 * Its process number; 0 when it could not be read.
 */
pid: number, 
/**
 * The program and what it does, such as `data_exporter export`.
 */
program: string, };
export type Paired = { 
/**
 * The domain, site or account; the Basic user.
 */
domain: string, 
/**
 * The word of the kind of server.
 */
dialect: string, 
/**
 * The server's address.
 */
base_url: string | null, 
/**
 * When it was made; none where it is older than the memory of it.
 */
since: string | null, };
export type PairingState = { "step": "idle" } | { "step": "requesting", 
/**
 * Why it takes longer.
 */
trouble: string | null, } | { "step": "waiting", 
/**
 * What to show.
 */
code: PairingCode, 
/**
 * What happened at the last poll, when it was not an answer.
 */
trouble: string | null, 
/**
 * Whether the browser was opened.
 */
browser: BrowserState, } | { "step": "keeping" } | { "step": "done", 
/**
 * The site or account.
 */
domain: string, 
/**
 * What a person should know besides, in English.
 */
notes: Array<string>, } | { "step": "failed", 
/**
 * Which way.
 */
fault: PairingFault, 
/**
 * What happened, in English.
 */
message: string, 
/**
 * What to do, in English.
 */
hint: string | null, };
export type PairingCode = { 
/**
 * The code to enter.
 */
user_code: string, 
/**
 * Where to enter it.
 */
verification_uri: string, 
/**
 * The same with the code in it.
 */
verification_uri_complete: string | null, 
/**
 * The complete address as a QR code.
 */
qr: Qr | null, 
/**
 * When the code ends.
 */
expires_at: string, };
export type Qr = { 
/**
 * Modules to a side.
 */
side: number, 
/**
 * The dark modules as the `d` of an SVG path.
 */
path: string, };
export type BrowserState = { "browser": "asked" } | { "browser": "failed", 
/**
 * Why, in English.
 */
why: string, };
export type PairingFault = "access_denied" | "expired_token" | "invalid_grant" | "network" | "keychain" | "unsupported" | "cancelled" | "configuration" | "internal";
export type RunProgress = { 
/**
 * What started it.
 */
trigger: Trigger, 
/**
 * When it began.
 */
started_at: string, 
/**
 * Tables to be sent; none while the folder is looked through.
 */
to_send: number | null, 
/**
 * Tables sent.
 */
sent: number, 
/**
 * Tables that have not changed.
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
 * Bytes sent; those of a repeated upload count again.
 */
bytes_sent: number, 
/**
 * The table being converted, relative to the source folder.
 */
current: string | null, 
/**
 * Until when it waits, and why, in English.
 */
waiting: Waiting | null, 
/**
 * Whether it was told to stop.
 */
stopping: boolean, };
export type Waiting = { 
/**
 * When it goes on.
 */
until: string, 
/**
 * Why, as the end of "waiting: ...".
 */
why: string, };
export type ScheduleView = { 
/**
 * As it was typed.
 */
crontab: string, 
/**
 * The IANA zone, or `local`.
 */
timezone: string, 
/**
 * In the parts of a sentence.
 */
plain: ScheduleDescription, 
/**
 * In an English sentence.
 */
sentence: string, 
/**
 * The next five times.
 */
next: Array<string>, };
export type Pause = { 
/**
 * When it goes on by itself; none: when a person says so.
 */
until: string | null, };
export type UserSettings = { 
/**
 * The folder of tables.
 */
source_dir: string | null, 
/**
 * Globs of tables to take.
 */
include_patterns: Array<string>, 
/**
 * Globs of tables to leave out.
 */
exclude_patterns: Array<string>, 
/**
 * The cron expression.
 */
crontab: string | null, 
/**
 * The IANA zone; none for the computer's own.
 */
timezone: string | null, 
/**
 * The code page of tables that name none.
 */
dbf_encoding: string, 
/**
 * The code page of certain tables, by glob.
 */
overrides: { [key in string]: string }, 
/**
 * Whether unchanged tables are left out.
 */
skip_unchanged: boolean, 
/**
 * The server's address.
 */
base_url: string | null, 
/**
 * The language of tray and window.
 */
language: Language, 
/**
 * Whether changes of state are told by the desktop.
 */
notifications: boolean, };
export type Language = "auto" | "en" | "ru" | "he";
export type Desktop = { 
/**
 * The language of tray and window; never [`Language::Auto`].
 */
language: Language, 
/**
 * Whether the program is started at login.
 */
start_at_login: boolean, 
/**
 * Whether there is a tray to live in; without one, closing the window ends the program.
 */
has_tray: boolean, };
export type ScheduleDescription = { 
/**
 * When in the day.
 */
times: Times, 
/**
 * On which days.
 */
days: Days, 
/**
 * In which months, 1 to 12; empty for all.
 */
months: Array<Span>, };
export type Times = { "at": Array<string> } | { "every_seconds": number } | { "every_minutes": { 
/**
 * The distance.
 */
count: number, 
/**
 * In which hours only; empty for all.
 */
hours: Array<Span>, } } | { "every_hours": { 
/**
 * The distance.
 */
count: number, 
/**
 * So many minutes after the hour.
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
 * The first.
 */
first: number, 
/**
 * The last, which may be the first.
 */
last: number, };
export type Command = { "command": "start_pairing" } & PairingRequest | { "command": "cancel_pairing" } | { "command": "browser_failed", 
/**
 * Why.
 */
why: string, } | { "command": "unpair" } | { "command": "export", 
/**
 * Unchanged tables too.
 */
full: boolean, 
/**
 * Only tables that one of these globs takes; none for all.
 */
only?: Array<string>, 
/**
 * How long to go on trying to reach the server, in seconds; none for five times.
 */
retry_for?: number, } | { "command": "cancel_export" } | { "command": "pause", 
/**
 * How long.
 */
pause: PauseFor, } | { "command": "resume" } | { "command": "save_settings", 
/**
 * All of them.
 */
settings: UserSettings, };
export type PairingRequest = { 
/**
 * The server's address.
 */
base_url?: string | null, 
/**
 * The name of this computer there, where it is another one than the computer's own.
 */
device_name?: string | null, 
/**
 * What this computer is.
 */
device_type?: string | null, 
/**
 * The version of its software.
 */
firmware_version?: string | null, 
/**
 * The folder of tables, to be kept in the configuration.
 */
source_dir?: string | null, 
/**
 * The cron expression, to be kept in the configuration.
 */
crontab?: string | null, 
/**
 * The code page of tables that name none, to be kept in the configuration.
 */
encoding?: string | null, 
/**
 * Whether http to this computer is allowed.
 */
no_https?: boolean | null, 
/**
 * Where the secret is kept, as its word in the configuration.
 */
secret_store?: string | null, 
/**
 * The kind of server, as its word in the configuration.
 */
dialect?: string | null, 
/**
 * The site's name at the server.
 */
site_name?: string | null, 
/**
 * The site's description at the server.
 */
site_description?: string | null, 
/**
 * rfc8628: the issuer whose metadata names the endpoints.
 */
issuer?: string | null, 
/**
 * rfc8628: where a code is asked for, and where tokens are had.
 */
endpoints?: [string, string] | null, 
/**
 * rfc8628 and aip: the name under which the server knows this program.
 */
client_id?: string | null, 
/**
 * romm: the name of this program.
 */
client_name?: string | null, 
/**
 * What the token shall be allowed to do, parted by blanks.
 */
scope?: string | null, 
/**
 * rfc8628: whether requests are JSON.
 */
json?: boolean | null, };
export type PauseFor = { "for": "seconds", 
/**
 * How many.
 */
seconds: number, } | { "for": "until_tomorrow" } | { "for": "until_resumed" };
export type EngineEvent = { "event": "changed", 
/**
 * The whole.
 */
snapshot: Snapshot, } | { "event": "progressed", 
/**
 * How far it is.
 */
run: RunProgress, } | { "event": "open_address", 
/**
 * The page, with the code in it where the server gives that.
 */
address: string, } | { "event": "notice", 
/**
 * What.
 */
notice: Notice, } | { "event": "ended" };
export type Notice = { 
/**
 * The state that was come to.
 */
state: State, 
/**
 * How many tables are concerned, where the state is of a run.
 */
tables: number, 
/**
 * Why.
 */
problem: ErrorBody | null, };
export type RunReport = { 
/**
 * The run's number in this data folder.
 */
run_id: number, 
/**
 * The server's id of the last batch, or null.
 */
batch_id: string | null, 
/**
 * The server's ids of all batches.
 */
batch_ids: Array<string>, 
/**
 * What started it.
 */
trigger: Trigger, 
/**
 * Where it stands.
 */
state: RunState, 
/**
 * When it began.
 */
started_at: string, 
/**
 * When it ended; null while running.
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
 * Why it failed, or null.
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
 * A word of `error::Code`.
 */
code: string, 
/**
 * What happened, to what and why.
 */
message: string, 
/**
 * What to do about it.
 */
hint: string | null, 
/**
 * The file or folder concerned.
 */
path: string | null, };
export type ExportedFile = { 
/**
 * The name on the wire, of the first part when there are several; null when it never got one.
 */
wire_name: string | null, 
/**
 * How many files on the wire carry the table.
 */
parts: number, 
/**
 * Whether it was sent; null in a dry run or before it was tried.
 */
upload: UploadState | null, 
/**
 * Whether the server's checksum equalled ours; null where the server gave none.
 */
checksum_verified: boolean | null, 
/**
 * Why the table was or would be sent or skipped, in a sentence.
 */
decision: string | null, 
/**
 * The table: as given to `convert`; relative to the source folder with `/` in an export.
 */
source: string, 
/**
 * The CSV that was written; null where there is none or it went to a server.
 */
output: string | null, 
/**
 * The table's name as the server derives it: the name on the wire without its ending.
 */
table: string, 
/**
 * The dialect in words, such as `Visual FoxPro`; null when the header could not be read.
 */
dialect: string | null, 
/**
 * The code page, such as `CP866`; null when the header could not be read.
 */
encoding: string | null, 
/**
 * Where the code page was taken from.
 */
encoding_source: EncodingSource | null, 
/**
 * The reconciliation.
 */
rows: RowCounts, 
/**
 * Bytes of the table and its memo file.
 */
bytes_in: number, 
/**
 * Bytes of the output, all parts together.
 */
bytes_out: number, 
/**
 * SHA-256 in lower-case hex of the output; of the first part when there are several; null when refused.
 */
sha256: string | null, 
/**
 * What could not be carried or had to be mended: exit code 3.
 */
warnings: Array<Finding>, 
/**
 * What the settings leave out, and other facts that change neither state nor exit code.
 */
notes: Array<Finding>, 
/**
 * Why the table was refused, or null.
 */
error: ErrorBody | null, };
export type UploadState = "sent" | "skipped_unchanged" | "failed";
export type RowCounts = { 
/**
 * Rows the table's header counts.
 */
header: number, 
/**
 * Rows whose flag is a blank.
 */
live: number, 
/**
 * Rows whose flag is `*`.
 */
deleted: number, 
/**
 * Rows with any other flag; exported as live.
 */
bad: number, 
/**
 * Whole rows after the header's last, before any end mark.
 */
beyond_header: number, 
/**
 * Rows the header counts and the file does not hold.
 */
missing: number, 
/**
 * Rows written to the CSV.
 */
written: number, };
export type Finding = { 
/**
 * What it is, such as `NUMBER_INVALID`; see `convert::findings`.
 */
code: string, 
/**
 * The first row it was seen in, counted from 1 in the order of the file; null where it concerns no row.
 */
row: number | null, 
/**
 * The column's name as in the CSV; null where it concerns no column.
 */
column: string | null, 
/**
 * How often it was seen.
 */
count: number, 
/**
 * The sentence for a person. Never holds the value itself.
 */
message: string, };
export type EncodingSource = "setting" | "cpg" | "ldid" | "driver" | "default";
export type HistoryQuery = { 
/**
 * In one of these states; empty for any.
 */
states: Array<RunState>, 
/**
 * Started by one of these; empty for any.
 */
triggers: Array<Trigger>, 
/**
 * This text in the number, a batch id, the error or the name of a table, in any case.
 */
text: string | null, 
/**
 * Begun at or after this time.
 */
since: string | null, 
/**
 * Begun before this time.
 */
until: string | null, };
export type HistoryPage = { 
/**
 * The runs, without their tables.
 */
runs: Array<RunReport>, 
/**
 * How many the query has on all pages.
 */
total: number, 
/**
 * What to ask for the next page with; none on the last.
 */
next: string | null, };
export type ErrorQuery = { 
/**
 * Of one of these severities; empty for any.
 */
severities: Array<ErrorSeverity>, 
/**
 * Exactly this type, in any case.
 */
kind: string | null, 
/**
 * This text in message, hint, type or metadata, in any case.
 */
text: string | null, 
/**
 * Seen at or after this time.
 */
since: string | null, 
/**
 * First seen before this time.
 */
until: string | null, };
export type ErrorPage = { 
/**
 * The errors, repeats within an hour folded.
 */
errors: Array<RecordedError>, 
/**
 * How many the query has on all pages.
 */
total: number, 
/**
 * How many of each severity the query would have if it asked for any severity.
 */
by_severity: Partial<Record<ErrorSeverity, number>>, 
/**
 * What to ask for the next page with; none on the last.
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
 * How bad.
 */
severity: ErrorSeverity, 
/**
 * What happened.
 */
message: string, 
/**
 * Details.
 */
metadata: Record<string, unknown>, 
/**
 * When it was first seen in its hour.
 */
first_at: string, 
/**
 * When it was last seen in its hour.
 */
last_at: string, 
/**
 * How often it was seen in that hour.
 */
count: number, 
/**
 * Whether the server was told.
 */
reported: boolean, 
/**
 * The last run it was seen in.
 */
run_id: number | null, 
/**
 * What to do about it.
 */
hint: string | null, };
export type ErrorSeverity = "INFO" | "WARNING" | "ERROR" | "CRITICAL";
export type List = { "list": "history", 
/**
 * Which.
 */
query: HistoryQuery, } | { "list": "errors", 
/**
 * Which.
 */
query: ErrorQuery, };
export type ListFormat = "csv" | "json";
export type PreviewRequest = { 
/**
 * The folder; none for that of the configuration.
 */
source_dir: string | null, 
/**
 * The table, relative to the folder with `/`; none for the first there is.
 */
source: string | null, 
/**
 * The code page to read it by, whatever the table says.
 */
encoding: string | null, };
export type Preview = { 
/**
 * The table, relative to the folder.
 */
source: string, 
/**
 * The dialect in words.
 */
dialect: string, 
/**
 * The code page.
 */
encoding: string, 
/**
 * Where the code page was taken from.
 */
encoding_source: EncodingSource, 
/**
 * Rows the table's header counts.
 */
rows_in_header: number, 
/**
 * The columns.
 */
columns: Array<string>, 
/**
 * At most 20 rows of as many cells; long cells are cut.
 */
rows: Array<Array<string>>, 
/**
 * What could not be carried in these rows.
 */
warnings: Array<Finding>, };
export type SettingsCheck = { 
/**
 * All that is wrong; they can be saved when it is empty.
 */
problems: Array<SettingsProblem>, 
/**
 * When exports would be due; none without a usable crontab.
 */
schedule: ScheduleView | null, 
/**
 * What the folder holds; none when it cannot be read.
 */
tables: TablesFound | null, };
export type SettingsProblem = { 
/**
 * The field of [`super::snapshot::Settings`].
 */
field: string, 
/**
 * What is wrong, in English.
 */
message: string, 
/**
 * What to do, in English.
 */
remedy: string, };
export type TablesFound = { 
/**
 * How many.
 */
count: number, 
/**
 * The first 200 of them, relative to the folder with `/`.
 */
first: Array<string>, };
