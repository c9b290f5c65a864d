import { Notice } from './notice'

type Props = { messages: readonly string[] }

/** What is wrong with a form as a whole. */
export function FormProblem({ messages }: Props) {
  if (messages.length === 0) return null
  return (
    <Notice tone="danger" isBoxed>
      {messages.map((message) => (
        <span key={message}>{message}</span>
      ))}
    </Notice>
  )
}
