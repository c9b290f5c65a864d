//! Lists and the tail against a model: a plain `Vec` and the API's words, evaluated without any SQL.
//!
//! The suite runs once per database, so each database equals the model and thereby the others.

mod reference;

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use annals::{access::Scope, clock::Time, host::Host, log::sealed::Columns};
use chrono::{DateTime, Utc};
use proptest::{
    collection::vec,
    test_runner::{Config, RngSeed, TestRunner},
};
use serde_json::{Map, Value, json};

use crate::support::{Client, TestApp};
use reference::{Foreseen, Post, Question, Record, a_post, a_question, foresee};

/// Random histories that are tried; each is asked several random questions.
const CASES: u32 = 24;

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_tail_equal_a_plain_vec() {
    let app = TestApp::start().await;
    let organizations = AtomicUsize::new(0);
    let history = vec(vec(a_post(), 1..9), 1..8);
    let config = Config {
        cases: CASES,
        max_shrink_iters: 200,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x616e_6e61_6c73),
        ..Config::default()
    };

    let outcome = tokio::task::block_in_place(|| {
        TestRunner::new(config).run(&(history, vec(a_question(), 4..8)), |(batches, questions)| {
            let slug = format!("case-{}", organizations.fetch_add(1, Relaxed));
            let log = Log::create(&app, &slug);
            tokio::runtime::Handle::current().block_on(log.check(&batches, &questions));
            Ok(())
        })
    });

    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// One organization's log, with its keys.
struct Log<'a> {
    base: String,
    writer: Client<'a>,
    reader: Client<'a>,
}

impl<'a> Log<'a> {
    fn create(app: &'a TestApp, slug: &str) -> Self {
        let host = Host::of(&app.app, "test");
        host.create_organization(slug, slug, &["blink".into()]).expect("an organization");
        let key = |scope, name| host.create_key(slug, name, &[scope], None).expect("a key");
        let writing = key(Scope::EventsWrite, "writer");
        let reading = key(Scope::EventsRead, "reader");
        Self {
            base: format!("/v1/orgs/{slug}/events"),
            writer: app.with(Some(writing.expose())),
            reader: app.with(Some(reading.expose())),
        }
    }

    async fn check(&self, batches: &[Vec<Post>], questions: &[Question]) {
        let mut model: Vec<Record> = self.stored().await.iter().map(Record::of_stored).collect();
        for batch in batches {
            self.post(batch, &mut model).await;
        }
        for question in questions {
            self.list_equals(question, &mut model).await;
            self.tail_equals(question, &model).await;
        }
        self.memory_agrees(questions).await;
    }

    /// The whole log, in one answer.
    async fn stored(&self) -> Vec<Value> {
        let tail = self.reader.get(&format!("{}/tail?from=0&limit=1000", self.base)).await.status(200).json();
        assert_eq!(tail["has_more"], false);
        tail["data"].as_array().expect("events").clone()
    }

    /// Posts one event alone and several as a batch; what is answered is what the model foresees.
    async fn post(&self, batch: &[Post], model: &mut Vec<Record>) {
        let foreseen: Vec<Foreseen> = batch.iter().map(|post| foresee(post, model)).collect();
        if let ([post], [foreseen]) = (batch, foreseen.as_slice()) {
            let answer = self.writer.post(&self.base, &post.to_json()).await;
            match foreseen {
                Foreseen::New(_) => assert_eq!(answer.status, 201, "{}", answer.text),
                Foreseen::Duplicate(_) => assert_eq!(answer.status, 200, "{}", answer.text),
                Foreseen::Conflict => return drop(answer.problem(409, "id_conflict")),
            }
            return foreseen.settle(&answer.json(), model);
        }
        let events: Vec<Value> = batch.iter().map(Post::to_json).collect();
        let path = format!("{}/batch", self.base);
        let answer = self.writer.post(&path, &json!({ "events": events })).await.status(200).json();
        for (index, foreseen) in foreseen.iter().enumerate() {
            let result = &answer["results"][index];
            assert_eq!(result["status"], foreseen.status(), "{result} for {:?}", batch[index]);
            foreseen.settle(result, model);
        }
    }

    /// Walks the list page by page while the log grows: exactly the events that were there at page 1.
    async fn list_equals(&self, question: &Question, model: &mut Vec<Record>) {
        let mut expected: Vec<(DateTime<Utc>, usize)> = model
            .iter()
            .enumerate()
            .filter(|(_, record)| question.wants(record, true))
            .map(|(sequence, record)| (record.occurred_at, sequence))
            .collect();
        expected.sort_unstable();
        if !question.is_ascending {
            expected.reverse();
        }
        let mut listed = Vec::new();
        let mut cursor: Option<String> = None;
        for page in expected.chunks(question.limit).map(<[_]>::len).chain([0]) {
            let path = format!("{}?{}", self.base, question.list_query(cursor.as_deref()));
            let answer = self.reader.get(&path).await.status(200).json();
            let events = answer["data"].as_array().expect("events");
            assert_eq!(events.len(), page, "{question:?}");
            listed.extend(events.iter().map(sequence));
            let is_last = listed.len() == expected.len();
            assert_eq!(answer["page"]["has_more"], !is_last, "{question:?}");
            cursor = answer["page"]["next_cursor"].as_str().map(ToOwned::to_owned);
            assert_eq!(cursor.is_none(), is_last, "{question:?}");
            if is_last {
                break;
            }
            self.post(&[Post::late()], model).await;
        }
        let expected: Vec<usize> = expected.into_iter().map(|(_, sequence)| sequence).collect();
        assert_eq!(listed, expected, "{question:?}");
    }

    /// Follows the tail to its end: the same filter, in the order of the log.
    async fn tail_equals(&self, question: &Question, model: &[Record]) {
        let matching = model.iter().enumerate().filter(|(_, record)| question.wants(record, false));
        let expected: Vec<(usize, String)> = matching.map(|(at, record)| (at, record.id.clone())).collect();
        let mut followed = Vec::new();
        let mut from = 0;
        loop {
            let path = format!("{}/tail?from={from}&{}", self.base, question.tail_query());
            let answer = self.reader.get(&path).await.status(200).json();
            let events = answer["data"].as_array().expect("events");
            assert!(events.len() <= question.limit, "{question:?}");
            followed.extend(events.iter().map(|event| (sequence(event), text(&event["id"]))));
            let next_from = answer["next_from"].as_u64().expect("a sequence");
            if next_from == from {
                break;
            }
            assert!(next_from > from, "{question:?}");
            from = next_from;
        }
        assert_eq!(followed, expected, "{question:?}");
        assert_eq!(from, u64::try_from(model.len()).expect("a small log"));
    }

    /// The filter that other readers evaluate in memory says of each stored event what the model says.
    async fn memory_agrees(&self, questions: &[Question]) {
        for event in self.stored().await {
            let record = Record::of_stored(&event);
            let body: &Map<String, Value> = event.as_object().expect("an object");
            let occurred_at = Time::parse_rfc3339(&text(&event["occurred_at"])).expect("a time");
            for question in questions {
                let is_in = question.filter().matches(&Columns::of(body), occurred_at);
                assert_eq!(is_in, question.wants(&record, true), "{question:?} of {event}");
            }
        }
    }
}

fn sequence(event: &Value) -> usize {
    event["sequence"].as_u64().and_then(|sequence| usize::try_from(sequence).ok()).expect("a sequence")
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}
