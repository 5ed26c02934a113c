import type { components } from './schema';

type Schemas = components['schemas'];

/** The signed-in user, their permissions and their organisation. */
export type Me = Schemas['Me'];
/** What a password is answered with where a code is needed too. */
export type SignInChallenge = Schemas['Challenge'];
/** How one can sign in. */
export type SignInOptions = Schemas['SignInOptions'];
/** A session of the signed-in user. */
export type Session = Schemas['Session'];
/** What an authenticator application is to be told. */
export type TwoFactorSecret = Schemas['TwoFactorSecret'];
/** For the day the authenticator is lost; shown once. */
export type RecoveryCodes = Schemas['RecoveryCodes'];
/** One customer, person or company. */
export type Customer = Schemas['Customer'];
/** A page of customers. */
export type CustomerList = Schemas['Listed_Customer'];
/** What a field is: forms, filters, imports and tables are built from these. */
export type Field = Schemas['FieldInfo'];
/** What a bulk action is asked to do, and to whom. */
export type Bulk = Schemas['BulkRequest'];
/** What came of a bulk action. */
export type BulkOutcome = Schemas['BulkOutcome'];
/** The first paint of a customer's page. */
export type Customer360 = Schemas['Customer360'];
/** One thing that happened, as the timeline tells it. */
export type TimelineEvent = Schemas['Entry'];
/** A page of a timeline. */
export type TimelinePage = Schemas['Timeline'];
/** An e-mail address, phone number or social account. */
export type ContactPoint = Schemas['ContactPoint'];
/** A postal address. */
export type Address = Schemas['Address'];
/** A tie to another customer. */
export type Relation = Schemas['Relation'];
/** Current consents and the ledger they follow from. */
export type Consents = Schemas['Consents'];
/** An import, from the uploaded file to its outcome. */
export type ImportJob = Schemas['Import'];
/** What became, or would become, of the rows of a file. */
export type ImportCounts = Schemas['Counts'];
/** Something a column of a file can be meant for. */
export type ImportTarget = Schemas['ImportTarget'];
/** What can be chosen for an import. */
export type ImportOptions = Schemas['Options'];
/** A column of an imported file, and the field it is meant for. */
export type ImportColumn = Schemas['Column'];
/** An import in a list. */
export type ImportListed = Schemas['Listed_ImportListed']['results'][number];
/** A page of imports. */
export type ImportList = Schemas['Listed_ImportListed'];
/** A page of refused rows. */
export type ImportErrorList = Schemas['Listed_ImportErrorRow'];
/** A refused row, with what is wrong and what was put right. */
export type ImportErrorRow = ImportErrorList['results'][number];
/** A cell put right, or a row left out. */
export type ImportCorrection = Schemas['Correction'];
/** A row for a new customer who is probably there already. */
export type ImportLikelyDuplicate = Schemas['Listed_LikelyDuplicate']['results'][number];
/** A mapping kept for the next file. */
export type SavedImportMapping = Schemas['SavedMapping'];
/** Something that was done, and whether it can be undone. */
export type ImportOperation = Schemas['Listed_Done']['results'][number];
