import { questions } from './en/questions'

/** What only pages behind the sign-in ask: it comes with them, not with the first page. */
export const questionsText: typeof questions = questions
