//! CertificateApproval and CertificateSigning: who approves a request for a certificate, or signs it, must be allowed to do
//! that for its signer (`plugin/pkg/admission/certificates/approval`, `…/signing`). Leave is the verb `approve` or `sign` on the
//! signer's name, or on all of its domain.

use super::Attributes;
use crate::api::rbac;
use crate::api::{Status, User};
use crate::apiserver::ApiServer;
use crate::apiserver::authorizer::authorize;

const GROUP: &str = "certificates.k8s.io";

/// Refuses who may not.
pub fn validate(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    let request = attributes.request;
    let (Some(old), Some(user)) = (attributes.old, &request.user) else { return Ok(()) };
    if request.resource.names() != (GROUP, "certificatesigningrequests") {
        return Ok(());
    }
    let new = &*attributes.object;
    let changes = |field: &str| new["status"][field] != old["status"][field];
    let verb = match &*request.subresource {
        "approval" => "approve",
        "status" if changes("certificate") || changes("conditions") => "sign",
        _ => return Ok(()),
    };
    let signer = old["spec"]["signerName"].str();
    if may(server, user, verb, signer) {
        return Ok(());
    }
    let why = format!("user not permitted to {verb} requests with signerName {signer:?}");
    Err(attributes.forbidden(&why))
}

/// Whether a user may do something for a signer (`IsAuthorizedForSignerName`).
fn may(server: &ApiServer, user: &User, verb: &str, signer: &str) -> bool {
    let domain = signer.split_once('/').map_or(signer, |(domain, _)| domain);
    [signer, &format!("{domain}/*")].into_iter().any(|name| {
        let asked =
            rbac::Attributes { verb, group: GROUP, resource: "signers", name, ..rbac::Attributes::default() };
        authorize(server, user, &asked).allowed
    })
}

/// Who asks for a certificate is whoever sends the request.
pub fn admit(_: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    if attributes.creates(GROUP, "certificatesigningrequests") {
        let info =
            attributes.request.user.as_ref().map_or_else(|| User::admin().to_json(), |user| user.to_json());
        for field in ["username", "groups", "uid", "extra"] {
            match info.get(field) {
                Some(said) => attributes.object.set_at(&["spec", field], said),
                None => drop(attributes.object.get_mut("spec").and_then(|spec| spec.remove(field))),
            }
        }
    }
    Ok(())
}
