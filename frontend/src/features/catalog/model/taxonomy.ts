import type { Entry } from './types'

type OcsfClass = { name: string; activities: Record<number, string> }

const other = 'Other'

/** OCSF 1.8.0, the classes that audit events fall into. Names of the standard, so in its own words. */
const classes: Record<number, OcsfClass> = {
  3001: {
    name: 'Account Change',
    activities: { 1: 'Create', 2: 'Enable', 3: 'Password Change', 5: 'Disable', 6: 'Delete', 99: other },
  },
  3002: { name: 'Authentication', activities: { 1: 'Logon', 2: 'Logoff', 99: other } },
  3004: {
    name: 'Entity Management',
    activities: {
      1: 'Create',
      2: 'Read',
      3: 'Update',
      4: 'Delete',
      6: 'Enroll',
      8: 'Enable',
      9: 'Disable',
      10: 'Activate',
      11: 'Deactivate',
      99: other,
    },
  },
  3005: {
    name: 'User Access Management',
    activities: { 1: 'Assign Privileges', 2: 'Revoke Privileges', 99: other },
  },
  3006: {
    name: 'Group Management',
    activities: { 3: 'Add User', 4: 'Remove User', 5: 'Delete', 6: 'Create', 99: other },
  },
  6001: {
    name: 'Web Resources Activity',
    activities: { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete', 7: 'Export', 8: 'Share', 99: other },
  },
}

/** `Account Change (3001) · Create (1)`: the names where they are known here, the numbers always. */
export function ocsfText(ocsf: Entry['ocsf']): string | undefined {
  if (!ocsf) return undefined
  const known = classes[ocsf.class_uid]
  const activity = known?.activities[ocsf.activity_id]
  return [named(known?.name, ocsf.class_uid), named(activity, ocsf.activity_id)].join(' · ')
}

/** The class alone, for a column: its name where it is known here, and its number. */
export function ocsfClass(ocsf: Entry['ocsf']): { name: string | undefined; uid: number } | undefined {
  return ocsf ? { name: classes[ocsf.class_uid]?.name, uid: ocsf.class_uid } : undefined
}

function named(name: string | undefined, id: number): string {
  return name ? `${name} (${id})` : String(id)
}

/** `iam · user, creation` */
export function ecsText(ecs: Entry['ecs']): string | undefined {
  if (!ecs) return undefined
  return [ecs.category, ecs.type].map((list) => list.join(', ')).join(' · ')
}
