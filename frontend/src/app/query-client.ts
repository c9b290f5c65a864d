import { QueryClient } from '@tanstack/react-query'
import { ApiError } from '../api/problem'

const maxTries = 2
const fallbackDelaySeconds = 1

function shouldRetry(failures: number, error: Error): boolean {
  return error instanceof ApiError && error.isTransient && failures < maxTries
}

function retryDelayMs(_failures: number, error: Error): number {
  const seconds = error instanceof ApiError ? error.retryAfterSeconds : undefined
  return Math.min(seconds ?? fallbackDelaySeconds, 5) * 1000
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: shouldRetry,
        retryDelay: retryDelayMs,
        staleTime: 60_000,
        gcTime: 60_000,
      },
    },
  })
}
