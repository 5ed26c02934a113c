/** The three versions of a field that two people changed at once. */
export interface Conflict {
  yours: unknown;
  theirs: unknown;
  original: unknown;
}

/** A refusal of the server: an `application/problem+json` body, or what can be said without one. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: Record<string, string[]>;
  readonly conflicts: Record<string, Conflict>;
  readonly requestId: string | undefined;

  constructor(status: number, problem: Partial<Problem> = {}) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code ?? (status === 0 ? 'unreachable' : 'unknown');
    this.detail = problem.detail ?? problem.title ?? '';
    this.errors = problem.errors ?? {};
    this.conflicts = problem.conflicts ?? {};
    this.requestId = problem.request_id ?? undefined;
  }

  /** The first complaint about a field, if there is one. */
  fieldError(field: string): string | undefined {
    return this.errors[field]?.[0];
  }
}

interface Problem {
  title: string;
  code: string;
  detail: string;
  errors: Record<string, string[]>;
  conflicts: Record<string, Conflict>;
  request_id: string;
}

/** The `ApiError` of a failed response. */
export async function errorOf(response: Response): Promise<ApiError> {
  const problem = await response.json().catch(() => ({}));
  const requestId = problem.request_id ?? response.headers.get('X-Request-Id') ?? undefined;
  return new ApiError(response.status, { ...problem, request_id: requestId });
}

/** Did the server refuse with this status? */
export function isStatus(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}
