import { count, formatNumber } from '../format'

/** The event catalog. */
export const catalog = {
  title: 'Event catalog',
  packs: { blink: 'Blink', pocketsoc: 'PocketSOC', annals: 'Annals' },
  ownPackHint: 'The service’s own acts',
  allTypes: 'Everything',
  notInCatalog: 'Not in the catalog',
  unknownGroup: {
    allow: 'recorded, receipts not flagged',
    flag: 'recorded, receipts flagged unknown_action',
    reject: 'refused now, recorded before',
  },
  deprecated: 'deprecated',
  custom: 'custom',
  version: (n: number) => `v${n}`,
  never: 'never',
  occurred: (times: string) => `Occurred\n${times}`,
  noValue: '–',

  toolbar: {
    refreshFailed: 'Refreshing failed. These are the counts of before.',
    markdown: 'Copy as Markdown',
    settings: 'Packs and policy',
    summary: (packs: string, policy: string) => `${packs} · ${policy}`,
    policy: {
      allow: 'unknown actions are recorded',
      flag: 'unknown actions are flagged',
      reject: 'unknown actions are refused',
    },
  },

  filters: {
    label: 'Filters',
    search: 'Search event types',
    searchHint: 'Press / to search',
    clearSearch: 'Clear the search',
    category: 'Category',
    categories: 'Categories',
    show: 'Show',
    shows: {
      all: 'All',
      seen: 'Seen',
      unseen: 'Never seen',
      deprecated: 'Deprecated',
      unknown: 'Not in the catalog',
    },
  },

  columns: {
    event: 'Event type',
    action: 'Action',
    activityType: 'Activity type',
    ocsf: 'OCSF class',
    description: 'Description',
    seen: 'Seen',
    lastSeen: 'Last seen',
  },
  listLabel: 'Event types',
  keysHint: 'Arrow keys move, Enter opens, Enter again goes into the entry, Escape closes, / searches.',
  status: (types: number, seen: number) =>
    `${count(types, 'event type', 'event types')}, ${formatNumber(seen)} of them seen`,
  statusShown: (shown: number, all: number) =>
    `${formatNumber(shown)} of ${count(all, 'event type', 'event types')}`,
  shownCount: (n: number) => count(n, 'event type', 'event types'),
  statusUnknown: (n: number) => count(n, 'action that no pack knows', 'actions that no pack knows'),
  asOf: (events: number, time: string) =>
    `counts cover all ${count(events, 'event', 'events')}, as of ${time}`,
  opened: (name: string) => `${name} opened`,

  intro: {
    title: 'What belongs in this log',
    lead: 'An audit log records who did what, when and where: administrative actions, and access to what matters. Every event has an event type, and every event type is of one of three kinds.',
    kinds: {
      setting_update:
        'A setting got another value: two-factor authentication was turned off, a plan changed, a date format updated. The event can carry the old and the new value.',
      system_configuration:
        'A part of the system was created, changed, removed, or turned on or off: users, roles, groups, connections, workflows, devices, keys.',
      user_action:
        'A person used what is there: signed in, viewed, shared or exported something, approved a request.',
    },
    notTitle: 'What does not belong in it',
    not: 'The work itself: changes to data and content, such as the records in a table, the course of a case, the steps of a workflow or its runs. That somebody created the table, read it or exported it does belong here.',
  },

  noMatch: {
    title: 'No event type matches',
    lead: 'Nothing in the catalog fits:',
    search: (value: string) => `“${value}”`,
    clear: {
      q: (value: string) => `Clear the search “${value}”`,
      show: (value: string) => `Show all, not only: ${value}`,
      category: (value: string) => `Leave the category ${value}`,
      pack: (value: string) => `Leave the pack ${value}`,
    },
    would: (n: number) => count(n, 'event type', 'event types'),
    clearAll: 'Clear all filters',
    allSeen: 'Every event type has been seen in the log.',
    noneUnknown: 'Every action in the log is in the catalog.',
    noneDeprecated: 'No event type is deprecated.',
  },

  forbidden: {
    title: 'You cannot see this catalog',
    lead: (org: string) =>
      `The catalog shows what the audit log of ${org} holds. It is for its admins and auditors.`,
  },

  entry: {
    region: 'Event type',
    close: 'Close the event type',
    previous: 'Previous event type',
    next: 'Next event type',
    missing: 'This action is not in this catalog',
    missingDetail: (action: string) =>
      `No pack of this organization knows ${action}, and its log has no such event.`,
    outside: 'This event type is not among those your filters show.',
    showInLog: 'Show these in the log',
    showInLogCount: (events: number) => `Show ${count(events, 'event', 'events')} in the log`,
    neverSeen: 'No such event is in the log yet.',
    deprecatedNote: 'Deprecated: still recorded, but nothing new should send it.',
    unknownTitle: 'No pack knows this action',
    unknownNote:
      'Its events are recorded as they were sent. They have no label, no category and no sentence of the catalog.',
    unknownReceipts: {
      allow: 'Under the current policy, receipts do not say so.',
      flag: 'Under the current policy, their receipts carry the flag unknown_action.',
      reject: 'Under the current policy, such events are refused; those in the log came in before.',
    },
    unknownLine: 'Define it',
    unknownDefine: (login: string) =>
      `An operator defines it in a pack of your own. The line needs an operator’s token in ACCESS_TOKEN: the access_token that ${login} answers.`,
    unknownAdd: (pack: string) => `Then the organization has to use the pack ${pack}: an admin adds it under`,
    unknownAfter: 'From then on new events of this action have a label and a category.',
    unknownMore: 'All that a definition can say:',
    sections: {
      facts: 'About',
      sentence: 'Sentence',
      parameters: 'Parameters',
      send: 'Post one',
    },
    fields: {
      action: 'Action',
      category: 'Category',
      activityType: 'Activity type',
      pack: 'Pack',
      version: 'Version',
      seen: 'Seen',
      firstSeen: 'First seen',
      lastSeen: 'Last seen',
      ocsf: 'OCSF 1.8.0',
      ecs: 'ECS',
    },
    builtIn: 'built in',
  },

  preview: {
    lead: 'An event that brings no details of its own is told by this template:',
    example: 'Told with the values below',
    values: 'Example values',
    outcome: 'Outcome',
    fallback: (text: string) => `Empty: “${text}”`,
    fallbackNothing: 'Empty: nothing',
    none: 'This event type has no sentence; an event shows the details it brings.',
    end: { success: '', failure: ' (failed)', denied: ' (denied)' },
    slots: { actor: 'Done by', target: 'Target', workspace: 'Workspace' },
    parameter: (name: string) => `Parameter ${name}`,
    changeOld: (name: string) => `Old ${name}`,
    changeNew: (name: string) => `New ${name}`,
  },

  parameters: {
    none: 'This event type has no schema: an event may carry any parameters.',
    used: (names: string) => `Its sentence uses ${names}.`,
    checked: 'The parameters of each event are checked against this schema.',
    closed: 'Parameters it does not name are refused.',
    name: 'Name',
    type: 'Type',
    required: 'Required',
    yes: 'yes',
    no: 'no',
    description: 'Description',
    raw: 'JSON Schema',
    copy: 'Copy the schema',
    noMembers: 'It names no parameters; the JSON below says what holds.',
  },

  versions: {
    title: 'Versions',
    lead: 'Events keep what was stored with them; a new version concerns new events.',
    created: 'defined it',
    changed: (members: string) => `changed ${members}`,
    same: 'changed nothing',
    members: {
      label: 'label',
      category: 'category',
      activity_type: 'activity type',
      description: 'description',
      sentence: 'sentence',
      ocsf: 'OCSF',
      ecs: 'ECS',
      deprecated: 'deprecation',
      parameters_schema: 'parameters',
    },
  },

  send: {
    lead: 'An event of this type, with the example values above:',
    json: 'Example event',
    copyJson: 'Copy the event',
    curl: 'As a curl line',
    copyCurl: 'Copy the line',
    curlHint: 'Put a key that may write to this log into ANNALS_API_KEY.',
    more: 'All that an event can carry:',
    dryRun: 'Only check it, record nothing',
    dryRunOff: 'The line records an event, and what is recorded stays.',
  },

  settings: {
    title: 'Packs and policy',
    region: 'Packs and policy',
    close: 'Close packs and policy',
    packsTitle: 'Packs, in order',
    packsLead:
      'A pack is a list of event types. Where two packs have the same action, the upper one names it.',
    readOnly: 'You can read these settings. Admins of the organization can change them.',
    fixed: 'This is the service’s own organization. Its settings cannot be changed.',
    types: (n: number) => count(n, 'event type', 'event types'),
    hidden: (n: number) => `${formatNumber(n)} named by a pack above`,
    always: 'always last',
    up: (pack: string) => `Move ${pack} up`,
    down: (pack: string) => `Move ${pack} down`,
    remove: (pack: string) => `Remove ${pack}`,
    add: 'Add a pack',
    moved: (pack: string, place: number, of: number) => `${pack} is now ${place} of ${of}`,
    removed: (pack: string) => `${pack} removed`,
    added: (pack: string) => `${pack} added`,
    policyTitle: 'Actions that no pack knows',
    policies: {
      allow: { name: 'Record', hint: 'The event is recorded as it was sent.' },
      flag: {
        name: 'Record and flag',
        hint: 'The event is recorded; its receipt tells the sender that the action is unknown.',
      },
      reject: {
        name: 'Refuse',
        hint: 'The event is not recorded. The sender gets an error, with the nearest known action.',
      },
    },
    policyNote: 'Whichever it is: unknown actions that are in the log are listed in this catalog.',
    newOnly: 'Changes concern new events. Recorded events keep the names they were recorded with.',
    save: 'Save',
    saving: 'Saving',
    reset: 'Reset',
    saved: 'Saved. The change is in the audit log.',
    unsaved: 'Not saved yet',
    conflict:
      'Somebody else changed these settings in the meantime. This is how they are now. Make your change again.',
    failed: 'The change was not saved.',
    loadFailed: 'The settings of this organization could not be loaded.',
  },
}
