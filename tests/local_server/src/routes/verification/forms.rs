//! The forms of the verification page, as HTML.

use chrono::{DateTime, Utc};

use crate::grants::{CodeRequest, Dialect, Grant, Pairing};
use crate::options::Site;
use crate::routes::html::escape;

/// Returns the form to enter a code; `typed` is an invalid one, `has_problem` says whether a problem is shown above the
/// form.
pub(super) fn entry(dialect: Dialect, typed: &str, has_problem: bool) -> String {
    let (page, name) = (dialect.page(), dialect.parameter());
    let invalid = if typed.is_empty() { "" } else { r#" aria-invalid="true""# };
    let described = if has_problem { "problem how" } else { "how" };
    let typed = escape(typed);
    format!(
        r#"<form method="get" action="{page}">
<p><label for="code">Code shown on the device</label>
<input class="code" type="text" id="code" name="{name}" value="{typed}" dir="ltr" required maxlength="64"
 autocomplete="off" autocapitalize="characters" spellcheck="false" autofocus aria-describedby="{described}"{invalid}></p>
<p class="hint" id="how">Upper or lower case, with or without the hyphen.</p>
<button class="main" type="submit">Continue</button>
</form>"#
    )
}

/// Returns the form to decide about a code.
pub(super) fn confirm(
    rules: &Pairing,
    grant: &Grant,
    sites: &[Site],
    now: DateTime<Utc>,
    word: &str,
    problem: Option<&str>,
) -> String {
    let dialect = rules.dialect;
    let seconds = (grant.ends_at - now).num_seconds().max(0);
    let problem = problem.map_or_else(String::new, |problem| {
        format!(r#"<p class="note" role="alert">{}</p>"#, escape(problem))
    });
    let choices = match dialect {
        Dialect::Romm => format!("{}{}{}", device(&grant.request), scopes(rules, &grant.request), lifetime()),
        _ => site(dialect, &grant.request, sites),
    };
    let deny = if dialect == Dialect::Aip {
        r#"<p class="hint">To refuse, close this page: the code ends by itself.</p>"#
    } else {
        r#"<button type="submit" name="action" value="deny">Deny</button>"#
    };
    format!(
        r#"{problem}<p class="hint">You are signed in as demo, the user of this server.</p>
<p>Authorize it only if this is the code that your own device shows now.</p>
<p class="code" dir="ltr">{code}</p>
{about}
<p>Time left: <span id="left" role="timer" aria-live="off" data-seconds="{seconds}">{minutes}:{rest:02}</span></p>
<p id="aloud" role="status" aria-live="polite"></p>
<form method="post" action="{page}">
<fieldset id="decision"><legend>Your decision</legend>
<input type="hidden" name="form_word" value="{word}">
<input type="hidden" name="code" value="{code}">
{choices}
<button class="main" type="submit" name="action" value="approve">Authorize</button>
{deny}
</fieldset>
</form>"#,
        code = escape(&grant.user_code),
        about = about(&grant.request),
        minutes = seconds / 60,
        rest = seconds % 60,
        page = dialect.page(),
        word = escape(word),
    )
}

/// The description of the device.
fn about(request: &CodeRequest) -> String {
    let scopes = request.scopes.join(", ");
    let rows = [
        ("Device", request.device_name.as_deref()),
        ("Kind", request.device_type.as_deref()),
        ("Version", request.firmware_version.as_deref()),
        ("Program", request.client.as_deref()),
        ("Installation", request.install_id.as_deref()),
        ("Site", Some(request.site_name.as_str())),
        ("Description", request.site_description.as_deref()),
        ("Asks for", Some(scopes.as_str())),
    ];
    let rows =
        rows.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
    let rows = rows.map(|(name, value)| format!("<dt>{name}</dt><dd>{}</dd>", escape(value)));
    format!("<dl>{}</dl>", rows.collect::<Vec<_>>().concat())
}

/// The choice of the site: a new or an existing one.
fn site(dialect: Dialect, request: &CodeRequest, sites: &[Site]) -> String {
    let mut options = r#"<option value="">A site of the name below</option>"#.to_owned();
    for site in sites {
        let domain = escape(&site.domain);
        let name = if site.name == site.domain {
            domain.clone()
        } else {
            format!("{} ({domain})", escape(&site.name))
        };
        options.extend([r#"<option value=""#, &domain, r#"">"#, &name, "</option>"]);
    }
    let warning = if dialect.is_dfm() {
        "A site has one device. Choosing one that is there shuts out the device it has now."
    } else {
        "What the device sends goes to this site."
    };
    format!(
        r#"<p><label for="site">Site</label>
<select id="site" name="site" aria-describedby="site-hint">{options}</select></p>
<p class="hint" id="site-hint">{warning}</p>
<p><label for="site-name">Name of the site</label>
<input type="text" id="site-name" name="site_name" value="{}" maxlength="255" autocomplete="off"></p>"#,
        escape(&request.site_name)
    )
}

fn device(request: &CodeRequest) -> String {
    let name = escape(request.device_name.as_deref().unwrap_or_default());
    format!(
        r#"<p><label for="device-name">Name of the device</label>
<input type="text" id="device-name" name="device_name" value="{name}" maxlength="255" autocomplete="off"></p>"#
    )
}

fn scopes(rules: &Pairing, request: &CodeRequest) -> String {
    let boxes = request.scopes.iter().enumerate().map(|(at, scope)| {
        let (state, note) = if rules.user_scopes.contains(scope) {
            ("checked", "")
        } else {
            ("disabled", " (you do not have this permission yourself)")
        };
        let scope = escape(scope);
        format!(
            r#"<label for="scope-{at}"><input type="checkbox" id="scope-{at}" name="scope" value="{scope}" {state}> {scope}{note}</label>"#
        )
    });
    format!("<fieldset><legend>What the device may do</legend>{}</fieldset>", boxes.collect::<String>())
}

fn lifetime() -> String {
    r#"<p><label for="expires-in">Connected for</label>
<select id="expires-in" name="expires_in"><option value="30d">30 days</option><option value="90d">90 days</option>
<option value="1y">a year</option><option value="never" selected>ever, until it is revoked</option></select></p>"#
        .to_owned()
}
