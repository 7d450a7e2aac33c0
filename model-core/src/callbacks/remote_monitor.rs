//! The logs of every epoch, sent to a server.

use serde_json::{Map, Value};

use super::{Callback, Logs, Outcome, Training};

/// Sends the logs of every epoch to a server, as JSON: Keras's `RemoteMonitor`. With the feature `remote-monitor`, which needs no TLS: servers
/// are `http://`. A server that cannot be reached is told once and does not end training.
///
/// ```
/// use model_core::callbacks::RemoteMonitor;
///
/// let monitor = RemoteMonitor::new("http://localhost:9000").send_as_json(true);
/// # let _ = monitor;
/// ```
///
/// Source: <https://keras.io/api/callbacks/remote_monitor/>.
#[derive(Clone, Debug)]
pub struct RemoteMonitor {
    root: String,
    path: String,
    field: String,
    headers: Vec<(String, String)>,
    send_as_json: bool,
    has_told: bool,
}

impl RemoteMonitor {
    /// Sends to this server, Keras's default of which is `http://localhost:9000`, under `/publish/epoch/end/`.
    #[must_use]
    pub fn new(root: impl Into<String>) -> Self {
        Self {
            root: root.into(),
            path: "/publish/epoch/end/".to_owned(),
            field: "data".to_owned(),
            headers: Vec::new(),
            send_as_json: false,
            has_told: false,
        }
    }

    /// The path behind the server's name.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The field of the form that the logs are sent in, `data` by default.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }

    /// With a header of HTTP.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Whether the logs are the body, and not a field of a form. False by default.
    #[must_use]
    pub const fn send_as_json(mut self, send_as_json: bool) -> Self {
        self.send_as_json = send_as_json;
        self
    }

    fn send(&self, logs: Value) -> Result<(), ureq::Error> {
        let mut request = ureq::post(format!("{}{}", self.root, self.path));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let logs = logs.to_string();
        if self.send_as_json {
            request.header("content-type", "application/json").send(logs)?;
        } else {
            request.send_form([(self.field.as_str(), logs.as_str())])?;
        }
        Ok(())
    }
}

impl Callback for RemoteMonitor {
    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        if !training.is_first() {
            return Ok(());
        }
        let mut sent = Map::new();
        sent.insert("epoch".to_owned(), epoch.into());
        sent.extend(logs.iter().map(|(name, value)| (name.to_owned(), value.into())));
        if let Err(error) = self.send(sent.into())
            && !std::mem::replace(&mut self.has_told, true)
        {
            training.say(format!("could not reach RemoteMonitor root server at {}: {error}", self.root));
        }
        Ok(())
    }
}
