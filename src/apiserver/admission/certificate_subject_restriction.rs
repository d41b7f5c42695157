//! CertificateSubjectRestriction: nobody gets a client certificate of the group that may do everything
//! (`plugin/pkg/admission/certificates/subjectrestriction`).

use super::Attributes;
use crate::api::Status;
use crate::api::base64;
use crate::api::user::MASTERS;
use crate::apiserver::ApiServer;

const SIGNER: &str = "kubernetes.io/kube-apiserver-client";
/// How DER says that a name's part is an organization (2.5.4.10).
const ORGANIZATION: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x0a];

/// Refuses a new request that asks for it.
pub fn validate(_: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    let spec = &attributes.object["spec"];
    if !attributes.creates("certificates.k8s.io", "certificatesigningrequests")
        || spec["signerName"].str() != SIGNER
    {
        return Ok(());
    }
    let pem = base64::decode(spec["request"].str()).unwrap_or_default();
    let pem = String::from_utf8_lossy(&pem);
    let inside: String = pem.lines().filter(|line| !line.contains("-----")).collect();
    let der = base64::decode(&inside).unwrap_or_default();
    if organizations(&der).any(|name| name == MASTERS.as_bytes()) {
        let why = format!("use of {SIGNER} signer with {MASTERS} group is not allowed");
        return Err(attributes.forbidden(&why));
    }
    Ok(())
}

/// The organizations that a certificate request names: after the mark come a tag, a length of one byte and the text.
fn organizations(der: &[u8]) -> impl Iterator<Item = &[u8]> {
    let after = (0..der.len()).filter(|at| der[*at..].starts_with(&ORGANIZATION));
    after.filter_map(|at| {
        let rest = der.get(at + ORGANIZATION.len()..)?;
        let length = usize::from(*rest.get(1)?);
        rest.get(2..2 + length)
    })
}
