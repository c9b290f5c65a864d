import type { AuditEvent } from './types'

/** Blink's rule for "Done by": the e-mail, else the name, else the id. */
export function doneBy(actor: AuditEvent['actor']): string {
  return actor.email || actor.name || actor.id
}

export function isMachine(actor: AuditEvent['actor']): boolean {
  return actor.type !== 'user'
}

/** What the event is called: its label from the catalogue, else its action. */
export function actionName(event: AuditEvent): string {
  return event.label || event.action
}
