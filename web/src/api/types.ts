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
/** A key on a device of the signed-in user's. */
export type Passkey = Schemas['Passkey'];
/** A passkey that has just been made, and the session's new token. */
export type MadePasskey = Schemas['MadePasskey'];
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
/** What somebody wrote down about a customer. */
export type Note = Schemas['Note'];
/** Who else has a customer open. */
export type Here = Schemas['Here'];
/** With whom a customer is shared, and how far. */
export type Share = Schemas['Share'];
/** What is asked when sharing. */
export type NewShare = Schemas['NewShare'];
/** Why a user may or may not see a customer. */
export type Explained = Schemas['Explained'];
/** A tag and how many customers have it. */
export type Tag = Schemas['Tag'];
/** A field that the organisation has added. */
export type CustomField = Schemas['CustomField'];
/** By which customers are deleted or erased in time. */
export type RetentionRule = Schemas['Rule'];
/** What a rule would do now. */
export type RetentionDryRun = Schemas['DryRun'];
/** What was done or read, by whom and from where. */
export type AuditEntry = Schemas['AuditEntry'];
/** Whether the chain of the audit holds. */
export type AuditVerdict = Schemas['Verdict'];
/** How the server is doing. */
export type System = Schemas['System'];
/** Something the doctor looked at. */
export type Check = Schemas['Check'];
/** Two customers that may be the same. */
export type DuplicatePair = Schemas['Pair'];
/** Who a draft may be, among those there are. */
export type DuplicateCheck = Schemas['Checked'];
/** A customer that a draft may be. */
export type DuplicateCandidate = Schemas['Candidate'];
/** Why two records may be the same, or may not. */
export type MatchReason = Schemas['MatchReason'];
/** What a merge would make. */
export type MergePreview = Schemas['Preview'];
/** Something that was done, as the history shows it. */
export type Operation = Schemas['Done'];
/** What came of an undo. */
export type Undone = Schemas['Undone'];
/** A record in the list of the favourites or of what was seen lately. */
export type KeptLine = Schemas['Listed_Line']['results'][number];
/** A page of such pairs. */
export type DuplicateList = Schemas['Listed_Pair'];
/** A customer in a line or two. */
export type CustomerBrief = Schemas['Brief'];
/** What is to become one record, and whose values stay. */
export type MergeRequest = Schemas['MergeRequest'];
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
/** Somebody who may sign in. */
export type User = Schemas['User'];
/** A team and its place in the tree. */
export type Team = Schemas['Team'];
/** What its holders may do, and on what. */
export type Role = Schemas['Role'];
/** On whose records a permission holds. */
export type Scope = Schemas['Scope'];
/** What a role leaves of a field. */
export type FieldAccess = Schemas['FieldAccess'];
/** A permission that a role or a token can have. */
export type PermissionInfo = Schemas['PermissionInfo'];
/** A token with which a program comes. */
export type Token = Schemas['Token'];
/** Whose installation this is. */
export type Organisation = Schemas['Organisation'];
/** A link by which somebody chooses a new password. */
export type ResetLink = Schemas['ResetLink'];
/** What can be chosen for an import. */
export type ImportOptions = Schemas['Options'];
/** A column of an imported file, and the field it is meant for. */
export type ImportColumn = Schemas['Column'];
/** A page of imports. */
export type ImportList = Schemas['Listed_ImportListed'];
/** A row for a new customer who is probably there already. */
export type ImportLikelyDuplicate = Schemas['Listed_LikelyDuplicate']['results'][number];
/** A mapping kept for the next file. */
export type SavedImportMapping = Schemas['SavedMapping'];
/** Something that was done, and whether it can be undone. */
export type ImportOperation = Schemas['Listed_Done']['results'][number];
/** A deal that may be won. */
export type Opportunity = Schemas['Opportunity'];
/** A page of opportunities. */
export type OpportunityList = Schemas['Listed_Opportunity'];
/** The stages an opportunity goes through. */
export type Pipeline = Schemas['Pipeline'];
/** A stage of a pipeline. */
export type Stage = Schemas['Stage'];
/** Something that is sold. */
export type Product = Schemas['Product'];
/** A page of products. */
export type ProductList = Schemas['Listed_Product'];
/** What a currency was worth on a day. */
export type ExchangeRate = Schemas['ExchangeRate'];
/** A page of rates. */
export type ExchangeRateList = Schemas['Listed_ExchangeRate'];
/** What the organisation has settled about its leads. */
export type LeadSettings = Schemas['LeadSettings'];
/** Points for what a lead is or does. */
export type ScoreRule = Schemas['ScoreRuleShown'];
/** A rule of scores as the server takes it. */
export type ScoreRuleInput = Schemas['ScoreRuleInput'];
/** What rules would do to the scores. */
export type ScoreDryRun = Schemas['ScoreDryRunOutcome'];
/** What scores are worth. */
export type LeadScoring = Schemas['LeadScoring'];
/** A training of the model, and how good it is. */
export type ModelVersion = Schemas['ModelVersion'];
/** How good a model is on what it never saw. */
export type ModelQuality = Schemas['ModelQuality'];
/** A form on the web that leads come in by. */
export type WebForm = Schemas['WebForm'];
/** What a form asks and says. */
export type WebFormContent = Schemas['WebFormContent'];
/** A field that a form asks, or gives every lead. */
export type WebFormField = Schemas['WebFormField'];
/** Something people may agree to in a form. */
export type WebFormConsent = Schemas['WebFormConsent'];
/** A field that a form can ask. */
export type WebFormFieldInfo = Schemas['WebFormFieldInfo'];
/** How a form does. */
export type WebFormFigures = Schemas['WebFormFigures'];
/** What somebody sent in. */
export type FormSubmission = Schemas['FormSubmission'];
/** A page of what was sent in. */
export type FormSubmissionList = Schemas['Listed_FormSubmission'];
/** By which leads are handed out. */
export type AssignmentRule = Schemas['AssignmentRule'];
/** A rule of assignment as the server takes it. */
export type AssignmentRuleInput = Schemas['AssignmentRuleInput'];
/** When somebody works, what they know, and how much they take. */
export type AssignmentPerson = Schemas['AssignmentPerson'];
/** What is to change of that. */
export type AssignmentPersonPatch = Schemas['AssignmentPersonPatch'];
/** What rules of assignment would have done. */
export type AssignmentTried = Schemas['AssignmentTried'];
/** Somebody who may become a customer. */
export type Lead = Schemas['Lead'];
/** The four answers about a lead. */
export type Bant = Schemas['Bant'];
/** One of them, with what it rests on. */
export type BantAnswer = Schemas['BantAnswer'];
/** Answers as the server takes them. */
export type BantAnswersInput = Schemas['BantAnswersInput'];
/** Where a lead is to stand. */
export type LeadQualification = Schemas['LeadQualification'];
/** Why a lead has its score. */
export type ScoreExplanation = Schemas['ScoreExplanation'];
/** Whose a lead became, and why. */
export type AssignmentDecision = Schemas['AssignmentDecision'];
/** Something a lead did, or that was done with it. */
export type LeadTouch = Schemas['LeadTouch'];
/** Who a new lead may be already. */
export type LeadChecked = Schemas['LeadChecked'];
/** Something a lead said to being written to. */
export type LeadConsent = Schemas['LeadConsent'];
/** What a conversion would make. */
export type ConversionPreview = Schemas['ConversionPreview'];
/** How a lead is to be converted. */
export type LeadConversion = Schemas['LeadConversion'];
/** What a lead became. */
export type Conversion = Schemas['Conversion'];
/** A note about a lead or an opportunity. */
export type RecordNote = Schemas['RecordNote'];
/** An entry of the timeline of a lead or an opportunity. */
export type RecordEntry = Schemas['RecordEntry'];
/** A page of such a timeline. */
export type RecordTimeline = Schemas['Listed_RecordEntry'];
/** A call, a meeting, a task. */
export type Activity = Schemas['Activity'];
/** A mail, a call, a message: what was said with a customer. */
export type Communication = Schemas['Communication'];
/** What activities there are. */
export type ActivityType = Schemas['ActivityType'];
/** What came of an activity, and what is next. */
export type ActivityCompletion = Schemas['ActivityCompletion'];
/** An item of a checklist. */
export type ChecklistItem = Schemas['ChecklistItem'];
/** Time that somebody spent on an activity. */
export type ActivityTime = Schemas['ActivityTime'];
/** When the reader is reminded of an activity. */
export type Reminder = Schemas['Reminder'];
/** A part of the calendar, and what stands in it. */
export type Calendar = Schemas['Calendar'];
export type CalendarItem = Schemas['CalendarItem'];
export type CalendarHoliday = Schemas['CalendarHoliday'];
/** A rule by which an activity repeats, in words; and the series of one. */
export type Recurrence = Schemas['Recurrence'];
export type SeriesShown = Schemas['SeriesShown'];
/** When people are busy. */
export type FreeBusy = Schemas['FreeBusy'];
