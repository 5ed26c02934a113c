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
/** What is known of the doubles of a draft. */
export type DuplicateCheck = Schemas['Checked'];
/** Two customers that may be the same. */
export type DuplicatePair = Schemas['Pair'];
/** A page of such pairs. */
export type DuplicateList = Schemas['Listed_Pair'];
/** A customer in a line or two. */
export type CustomerBrief = Schemas['Brief'];
/** What is to become one record, and whose values stay. */
export type MergeRequest = Schemas['MergeRequest'];
/** The record that a merge would make. */
export type MergePreview = Schemas['Preview'];
/** What a merge made. */
export type Merged = Schemas['Merged'];
/** An import in the list of them. */
export type ImportListed = Schemas['ImportListed'];
/** Which column is what, kept for the next file. */
export type SavedMapping = Schemas['SavedMapping'];
/** A row of a file that was refused, and what has been put right in it. */
export type ImportErrorRow = Schemas['ImportErrorRow'];
/** A page of such rows. */
export type ImportErrorList = Schemas['Listed_ImportErrorRow'];
/** A cell put right, or a row left out. */
export type ImportCorrection = Schemas['Correction'];
