/** The languages a form can speak. */
export const formLangs = ['tr', 'en'] as const;
export type FormLang = (typeof formLangs)[number];

/** What a submission can have become. */
export const submissionStates = ['accepted', 'waiting', 'confirmed'] as const;
export type SubmissionState = (typeof submissionStates)[number];

/** The parts of a form's page. */
export const tabs = ['build', 'embed', 'submissions', 'figures'] as const;

/** What the page of a form shows, as the address bar says it. */
export interface FormParams {
  tab?: (typeof tabs)[number];
  /** In which language the form is written and shown. */
  lang?: FormLang;
  /** Of the submissions. */
  state?: SubmissionState;
  /** The days of the figures. */
  from?: string;
  to?: string;
}

const day = (text: unknown) => (/^\d{4}-\d{2}-\d{2}$/.test(String(text)) ? String(text) : undefined);

/** Reads the address bar. */
export function formParams(search: Record<string, unknown>): FormParams {
  return {
    tab: tabs.find((one) => one === search.tab),
    lang: formLangs.find((one) => one === search.lang),
    state: submissionStates.find((one) => one === search.state),
    from: day(search.from),
    to: day(search.to),
  };
}
