//! The routes of invitations.

mod link;
mod manage;

pub(crate) use link::OfferedOrganization;
use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(manage::list_invites)
        .service(manage::create_invite)
        .service(manage::renew_invite)
        .service(manage::revoke_invite)
        .service(link::preview_invite)
        .service(link::accept_invite);
}
