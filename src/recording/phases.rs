//! The phases of a request and the rules that keep them in order.

use crate::units::Millis;

/// One stretch of a request's life, in the order in which they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Everything before the network is touched: held back by priority, waiting for a socket, proxy negotiation.
    Queued,
    /// Looking up the host's address.
    Dns,
    /// TCP (or QUIC) handshake, without TLS.
    Connect,
    /// TLS handshake.
    Tls,
    /// Sending the request.
    Send,
    /// From the last byte sent to the first byte of the answer: one round trip and the server's work.
    Wait,
    /// From the first byte of the answer to its last.
    Receive,
}

impl Phase {
    /// All phases in the order of time.
    pub const ALL: [Self; 7] =
        [Self::Queued, Self::Dns, Self::Connect, Self::Tls, Self::Send, Self::Wait, Self::Receive];

    /// The word used in the report's JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Send => "send",
            Self::Wait => "wait",
            Self::Receive => "receive",
        }
    }
}

/// Durations of the phases. They follow each other without a gap from the request's start; `None` is "did not
/// happen or was not recorded". Every value is finite and at least zero.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(missing_docs)] // as in `Phase`
pub struct Phases {
    pub queued: Option<Millis>,
    pub dns: Option<Millis>,
    /// Without TLS.
    pub connect: Option<Millis>,
    pub tls: Option<Millis>,
    pub send: Option<Millis>,
    pub wait: Option<Millis>,
    pub receive: Option<Millis>,
}

impl Phases {
    /// The duration of one phase.
    pub fn get(&self, phase: Phase) -> Option<Millis> {
        match phase {
            Phase::Queued => self.queued,
            Phase::Dns => self.dns,
            Phase::Connect => self.connect,
            Phase::Tls => self.tls,
            Phase::Send => self.send,
            Phase::Wait => self.wait,
            Phase::Receive => self.receive,
        }
    }

    /// The sum of all phases.
    pub fn total(&self) -> Millis {
        Phase::ALL.iter().filter_map(|phase| self.get(*phase)).sum()
    }

    /// DNS, connect and TLS together: what setting up a connection cost; `None` if none of them happened.
    pub fn set_up(&self) -> Option<Millis> {
        let parts = [self.dns, self.connect, self.tls];
        parts.iter().any(Option::is_some).then(|| parts.into_iter().flatten().sum())
    }

    /// Time from the start of the request to the start of `phase`.
    pub fn before(&self, phase: Phase) -> Millis {
        Phase::ALL.iter().filter(|earlier| **earlier < phase).filter_map(|earlier| self.get(*earlier)).sum()
    }
}
