/** Names of what whoever copies a line puts into his shell: no secret is ever in the line itself. */
export type Secret = 'ANNALS_API_KEY' | 'ANNALS_READ_KEY' | 'ACCESS_TOKEN'

type Options = { method?: 'PUT'; secret?: Secret }

/** Text for a shell, which takes nothing in it for a command. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** The one argument that the shell completes: with the secret of that name. */
export function authorization(secret: Secret): string {
  return `-H "Authorization: Bearer $${secret}"`
}

/** A line for a terminal that sends a body. */
export function curlWithBody(url: string, body: unknown, options: Options = {}): string {
  const { method, secret = 'ANNALS_API_KEY' } = options
  return [
    `curl ${method ? `-X ${method} ` : ''}${quote(url)}`,
    `  ${authorization(secret)}`,
    "  -H 'Content-Type: application/json'",
    `  -d ${quote(spaced(body))}`,
  ].join(' \\\n')
}

/** JSON on one line, with room for a line to break between its members. */
function spaced(body: unknown): string {
  return JSON.stringify(body, null, 1).replaceAll(/\n */g, ' ')
}
