/** What somebody wrote down about a record. */
export interface NoteShown {
  id: number;
  body: string;
  is_pinned: boolean;
  author_name?: string | null;
  created_at: string;
  /** Whether the reader may change it. */
  is_editable: boolean;
}

/** What can be done with the notes of a record; each answers the operation that can be undone. */
export interface NoteActions {
  add: (note: { body: string; is_pinned: boolean }) => Promise<string | undefined>;
  change: (id: number, changes: { body?: string; is_pinned?: boolean }) => Promise<string | undefined>;
  remove: (id: number) => Promise<string | undefined>;
}
