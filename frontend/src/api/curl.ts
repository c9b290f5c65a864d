/** Text for a shell, which takes nothing in it for a command. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** A line for a terminal that sends a body; the key stays a placeholder. */
export function curlWithBody(url: string, body: unknown, method?: 'PUT'): string {
  return [
    `curl ${method ? `-X ${method} ` : ''}${quote(url)}`,
    '  --header "Authorization: Bearer $ANNALS_API_KEY"',
    "  -H 'Content-Type: application/json'",
    `  -d ${quote(JSON.stringify(body))}`,
  ].join(' \\\n')
}
