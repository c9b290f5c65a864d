//! Codes of authenticator apps: TOTP (RFC 6238) with SHA-1, six digits, thirty seconds, as every app knows it.

use std::ops::RangeInclusive;

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
    clock::Time,
    error::{Error, Result},
    keyring,
};

/// Length of a secret, in bytes: that of the hash (RFC 4226, section 4).
const SECRET_BYTES: usize = 20;
/// Seconds that a code is shown.
const STEP_SECONDS: i64 = 30;
/// Digits of a code.
const DIGITS: usize = 6;
/// Codes that one code cannot be told from: 10 to the number of digits.
const CODES: u32 = 1_000_000;

/// What the app and the service both know. It cannot be printed.
#[derive(Clone)]
pub(super) struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// A new random secret.
    pub(super) fn random() -> Result<Self> {
        let mut bytes = Zeroizing::new(vec![0; SECRET_BYTES]);
        keyring::random(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The secret of these bytes.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Its bytes, to be sealed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Base32, as people type it.
    pub(super) fn text(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// What an app reads from a QR code.
    pub(super) fn otpauth_url(&self, issuer: &str, account: &str) -> Result<String> {
        let encode = |text: &str| {
            serde_urlencoded::to_string([("", text)])
                .map(|pair| pair.trim_start_matches('=').replace('+', "%20"))
                .map_err(|error| Error::Bug(format!("an otpauth URL: {error}")))
        };
        let (issuer, account, secret) = (encode(issuer)?, encode(account)?, self.text());
        Ok(format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}"))
    }

    /// The step whose code this is: now's, or the one before or after, because clocks differ; but none up to
    /// `last_step`, because a code is good once (RFC 6238, section 5.2).
    pub(super) fn step_of(&self, code: &str, now: Time, last_step: i64) -> Option<i64> {
        let code: String = code.chars().filter(|character| !character.is_whitespace()).collect();
        let is_code = |step: &i64| bool::from(self.code(*step).as_bytes().ct_eq(code.as_bytes()));
        around(now).filter(|step| *step > last_step).find(is_code)
    }

    /// The code of a step.
    fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let mac = hmac::sign(&key, &step.to_be_bytes());
        format!("{:0DIGITS$}", truncated(mac.as_ref()) % CODES)
    }
}

fn around(now: Time) -> RangeInclusive<i64> {
    let step = now.unix_seconds().div_euclid(STEP_SECONDS);
    step - 1..=step + 1
}

/// Four bytes from where the last one says, without the sign (RFC 4226, section 5.3).
fn truncated(mac: &[u8]) -> u32 {
    let offset = usize::from(mac.last().copied().unwrap_or(0) & 0x0f);
    let four = mac.get(offset..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default();
    u32::from_be_bytes(four) & 0x7fff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238's appendix B.
    fn secret() -> Secret {
        Secret::of(b"12345678901234567890".to_vec())
    }

    fn at(seconds: i64) -> Time {
        Time::from_unix_seconds(seconds)
    }

    /// The appendix has eight digits; six are their end.
    #[test]
    fn codes_are_those_of_the_rfc() {
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert!(code.ends_with(&secret().code(seconds / 30)), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_for_its_step_and_one_to_each_side_and_only_once() {
        let (secret, step) = (secret(), 1_111_111_111 / 30);
        let code = secret.code(step);

        let taken = |seconds, last_step| secret.step_of(&code, at(seconds), last_step);
        assert_eq!(taken(step * 30, 0), Some(step));
        assert_eq!(taken(step * 30 - 1, 0), Some(step));
        assert_eq!(taken(step * 30 + 59, 0), Some(step));
        assert_eq!(taken(step * 30 - 31, 0), None);
        assert_eq!(taken(step * 30 + 60, 0), None);
        assert_eq!(taken(step * 30, step), None);
    }

    #[test]
    fn a_code_may_be_typed_with_a_space_and_nothing_else() {
        let (secret, step) = (secret(), 37_037_037);
        let code = secret.code(step);
        let (half, rest) = code.split_at(3);

        let taken = |code: &str| secret.step_of(code, at(step * 30), 0).is_some();
        assert!(taken(&format!(" {half} {rest}")));
        assert!(!taken("") && !taken(half) && !taken(&format!("{code}0")) && !taken(&format!("+{code}")));
    }

    #[test]
    fn an_app_reads_the_secret_with_issuer_and_account() {
        assert_eq!(
            secret().otpauth_url("Annals audit", "ada+x@example.com").unwrap(),
            "otpauth://totp/Annals%20audit:ada%2Bx%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Annals%20audit"
        );
    }
}
