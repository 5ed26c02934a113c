import { ApiError } from '@/api/error';

/** A refusal of one rule among those that were tried, named as the rule's own form names its fields. */
export function unlisted(error: unknown, place: number): unknown {
  if (!(error instanceof ApiError)) return error;
  const prefix = `rules.${place}.`;
  const own = Object.entries(error.errors).map(([name, texts]) => [
    name.startsWith(prefix) ? name.slice(prefix.length) : name,
    texts,
  ]);
  return new ApiError(error.status, { code: error.code, detail: error.detail, errors: Object.fromEntries(own) });
}
