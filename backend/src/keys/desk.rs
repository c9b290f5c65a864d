//! What the routes of an organization's keys and of the platform's do alike.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    input::{KeyChange, KeyInput, RotationInput},
    keeper::{self, Keeper},
    view::{KeyList, KeyView, Viewer},
};
use crate::{
    app::App,
    db::Conn,
    error::{Error, Result},
    http::page::{LIMIT_MAX, Limit, List},
    id::{self, Id},
    orgs::Organization,
    own::Actor,
};

/// Which page of keys to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct KeysQuery {
    /// Keys per page. Default: 50.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<u32>,
    /// `page.next_cursor` of the page before.
    cursor: Option<String>,
}

/// Answers requests about the keys of one organization.
#[derive(Debug)]
pub(super) struct Desk {
    app: web::Data<App>,
    organization: Arc<Organization>,
}

impl Desk {
    pub(super) fn new(app: web::Data<App>, organization: &Arc<Organization>) -> Self {
        Self { app, organization: Arc::clone(organization) }
    }

    /// The desk of the platform's keys.
    pub(super) fn of_platform(app: web::Data<App>) -> Self {
        let organization = Arc::clone(&app.platform);
        Self { app, organization }
    }

    pub(super) async fn list(&self, request: &HttpRequest, query: &KeysQuery) -> Result<HttpResponse> {
        let (org, now, key) = (self.organization.id, self.app.clock.now(), &self.app.keyring);
        let list = List::of(&[&org.bytes(), b"api-keys"]);
        let limit = Limit::of(query.limit, LIMIT_MAX)?;
        let after = query.cursor.as_ref().map(|cursor| list.open(key, cursor)).transpose()?;
        let after = after.map(|after| Id::parse(&after).ok_or(Error::CursorInvalid)).transpose()?;
        let read = move |conn: &mut Conn| keeper::page(conn, org, after, limit.and_one(), now);
        let mut records = self.app.db.read("keys.page", read).await?;
        let page = list.page(key, &mut records, limit, |record| record.row.id.to_string())?;
        let mut response = HttpResponse::Ok();
        if let Some(link) = page.link(request) {
            response.insert_header((header::LINK, link));
        }
        let data = records.into_iter().map(|record| self.viewer().key(record)).collect();
        Ok(response.json(KeyList { data, page }))
    }

    pub(super) async fn get(&self, id: &str) -> Result<web::Json<KeyView>> {
        let (key, org, now) = (parse(id)?, self.organization.id, self.app.clock.now());
        let record = self.app.db.read("keys.find", move |conn| keeper::find(conn, org, key, now)).await?;
        Ok(web::Json(self.viewer().key(record)))
    }

    pub(super) async fn create(&self, actor: Actor, input: KeyInput) -> Result<HttpResponse> {
        let new = input.check(self.organization.is_platform, self.app.clock.now())?;
        let keeper = self.keeper(actor);
        let (record, token) = self.app.db.write("keys.create", move |conn| keeper.create(conn, &new)).await?;
        let place = self.place(record.row.id);
        Ok(HttpResponse::Created()
            .insert_header((header::LOCATION, place))
            .json(self.viewer().new_key(record, &token)))
    }

    pub(super) async fn change(
        &self,
        actor: Actor,
        id: &str,
        input: KeyChange,
    ) -> Result<web::Json<KeyView>> {
        let (key, keeper) = (parse(id)?, self.keeper(actor));
        let record = self.app.db.write("keys.change", move |conn| keeper.change(conn, key, &input)).await?;
        self.app.directory.forget_key(record.public_ids());
        Ok(web::Json(self.viewer().key(record)))
    }

    pub(super) async fn rotate(&self, actor: Actor, id: &str, input: RotationInput) -> Result<HttpResponse> {
        let (key, keeper, input) = (parse(id)?, self.keeper(actor), input.check()?);
        let rotate = move |conn: &mut Conn| keeper.rotate(conn, key, input);
        let (record, token, ended) = self.app.db.write("keys.rotate", rotate).await?;
        self.app.directory.forget_key(record.public_ids().chain(ended));
        Ok(HttpResponse::Created().json(self.viewer().new_key(record, &token)))
    }

    pub(super) async fn revoke(&self, actor: Actor, id: &str) -> Result<HttpResponse> {
        let (key, keeper) = (parse(id)?, self.keeper(actor));
        let record = self.app.db.write("keys.revoke", move |conn| keeper.revoke(conn, key)).await?;
        self.app.directory.forget_key(record.public_ids());
        Ok(HttpResponse::NoContent().finish())
    }

    fn keeper(&self, actor: Actor) -> Keeper {
        let (recorder, organization) = (self.app.recorder.clone(), Arc::clone(&self.organization));
        Keeper { recorder, organization, actor, plans: Some(Arc::clone(&self.app.plans)) }
    }

    fn viewer(&self) -> Viewer<'_> {
        let is_platform = self.organization.is_platform;
        Viewer { is_platform, uses: &self.app.keys.uses, now: self.app.clock.now() }
    }

    fn place(&self, key: Id<id::Key>) -> String {
        if self.organization.is_platform {
            return format!("/v1/platform/api-keys/{key}");
        }
        format!("/v1/orgs/{}/api-keys/{key}", self.organization.slug)
    }
}

/// The id in a path: what is none names no key.
fn parse(id: &str) -> Result<Id<id::Key>> {
    Id::parse(id).ok_or(Error::NotFound)
}
