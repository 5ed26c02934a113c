/** The list of leads. */
export const leadsPath: string = '/leads';
