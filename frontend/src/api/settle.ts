import { unwrap } from './client'

type Answer = { error?: unknown; response: Response }

/** For calls that are answered with nothing: done, or an ApiError. */
export async function settle(call: Promise<Answer>): Promise<void> {
  await unwrap(call.then((answer) => ({ ...answer, data: answer.response.ok ? true : undefined })))
}
