export interface paths {
  '/api/v1/crm/setup/': { get: operations['setup_state']; post: operations['set_up'] };
  '/api/v1/crm/session/': { post: operations['sign_in']; delete: operations['sign_out'] };
  '/api/v1/crm/me/': { get: operations['me']; patch: operations['change_me'] };
  '/api/v1/crm/customers/': { get: operations['list_customers']; post: operations['create_customer'] };
  '/api/v1/crm/customers/fields/': { get: operations['customer_fields'] };
  '/api/v1/crm/customers/bulk/': { post: operations['bulk_customers'] };
  '/api/v1/crm/customers/{id}/': {
    get: operations['customer'];
    patch: operations['change_customer'];
    delete: operations['delete_customer'];
  };
  '/api/v1/crm/customers/{id}/360/': { get: operations['customer_360'] };
  '/api/v1/crm/customers/{id}/timeline/': { get: operations['customer_timeline'] };
  '/api/v1/crm/customers/{id}/contact-points/': { post: operations['add_contact_point'] };
  '/api/v1/crm/customers/{id}/contact-points/{point_id}/': { delete: operations['delete_contact_point'] };
  '/api/v1/crm/customers/{id}/addresses/': { post: operations['add_address'] };
  '/api/v1/crm/customers/{id}/addresses/{address_id}/': { delete: operations['delete_address'] };
  '/api/v1/crm/customers/{id}/relations/': { post: operations['add_relation'] };
  '/api/v1/crm/customers/{id}/relations/{relation_id}/': { delete: operations['delete_relation'] };
  '/api/v1/crm/customers/{id}/consents/': { get: operations['consents']; post: operations['add_consent'] };
  '/api/v1/crm/imports/': { post: operations['upload_import'] };
  '/api/v1/crm/imports/{id}/': { get: operations['import_job']; patch: operations['change_import'] };
  '/api/v1/crm/imports/{id}/preview/': { get: operations['preview_import'] };
  '/api/v1/crm/imports/{id}/dry-run/': { post: operations['dry_run_import'] };
  '/api/v1/crm/imports/{id}/start/': { post: operations['start_import'] };
  '/api/v1/crm/imports/{id}/pause/': { post: operations['pause_import'] };
  '/api/v1/crm/imports/{id}/resume/': { post: operations['resume_import'] };
  '/api/v1/crm/users/': { get: operations['users'] };
  '/api/v1/crm/teams/': { get: operations['teams'] };
  '/api/v1/crm/operations/{id}/undo/': { post: operations['undo'] };
}

export interface components {
  schemas: {
    Problem: {
      type: string;
      title: string;
      status: number;
      code: string;
      detail?: string;
      errors?: { [key: string]: string[] };
      conflicts?: { [key: string]: components['schemas']['Conflict'] };
      request_id?: string;
    };
    Conflict: { yours: unknown; theirs: unknown; original: unknown };
    Labels: { tr: string; en: string };
    SetupState: { needed: boolean };
    SetUp: { token: string; organisation: string; email: string; name: string; password: string; locale: string };
    SignIn: { email: string; password: string };
    Me: {
      id: number;
      name: string;
      email: string;
      locale: string;
      theme: string;
      team: { id: number; name: string } | null;
      roles: string[];
      permissions: { [key: string]: string };
      csrf_token: string;
      organisation: { name: string; time_zone: string; currency: string; locale: string };
    };
    MeChange: { locale?: string; theme?: string };
    FieldInfo: {
      name: string;
      label_tr: string;
      label_en: string;
      kind: string;
      reference?: string | null;
      group?: string | null;
      choices: { value: string; label_tr: string; label_en: string }[];
      operators: string[];
      is_sortable: boolean;
      is_writable: boolean;
      is_importable: boolean;
      is_custom: boolean;
      is_required: boolean;
      is_sensitive: boolean;
      is_many: boolean;
      max_chars?: number | null;
      decimals?: number | null;
    };
    UserRow: { id: number; name: string };
    TeamRow: { id: number; name: string };
    Customer: {
      id: number;
      customer_code: string;
      customer_type: 'individual' | 'company';
      name: string;
      title: string;
      first_name: string;
      last_name: string;
      company_name: string;
      tax_number: string;
      tax_office: string;
      identity_number: string;
      birth_date: string | null;
      gender: string;
      primary_email: string;
      secondary_email: string;
      primary_phone: string;
      secondary_phone: string;
      website: string;
      industry: string;
      company_size: string;
      annual_revenue: string | null;
      currency: string;
      lead_source: string;
      customer_since: string | null;
      is_active: boolean;
      city: string;
      country: string;
      owner_id: number | null;
      owner_name: string;
      team_id: number | null;
      team_name: string;
      tags: string[];
      custom: { [key: string]: unknown };
      version: number;
      created_at: string;
      updated_at: string;
    };
    CustomerInput: { [key: string]: unknown };
    CustomerList: {
      count: number;
      count_is_capped: boolean;
      next: string | null;
      previous: string | null;
      results: components['schemas']['Customer'][];
    };
    Bulk: {
      ids?: number[];
      criteria?: unknown;
      search?: string;
      action: string;
      changes?: { [key: string]: unknown };
      tags?: string[];
    };
    BulkAnswer: {
      operation_id: number;
      matched: number;
      changed: number;
      refused: { id: number; errors: { [key: string]: string[] } }[];
    };
    ContactPoint: {
      id: number;
      kind: string;
      value: string;
      label: string;
      is_primary: boolean;
      is_verified: boolean;
    };
    Address: {
      id: number;
      label: string;
      line: string;
      district: string;
      city: string;
      postal_code: string;
      country: string;
      is_primary: boolean;
    };
    Relation: {
      id: number;
      other_id: number;
      other_name: string;
      other_type: string;
      role: string;
      title: string;
      is_primary: boolean;
    };
    Consent: { channel: string; purpose: string; status: string; at: string };
    ConsentEntry: {
      id: number;
      channel: string;
      purpose: string;
      status: string;
      source: string;
      evidence: string;
      notice_text: string;
      at: string;
      actor_name: string | null;
    };
    Consents: { state: components['schemas']['Consent'][]; ledger: components['schemas']['ConsentEntry'][] };
    TimelineEvent: {
      id: number;
      kind: string;
      at: string;
      actor_name: string | null;
      operation_id: number | null;
      subject_type: string;
      subject_id: number;
      changes: { [key: string]: unknown[] } | null;
      payload: { [key: string]: unknown } | null;
    };
    Timeline: { next: string | null; results: components['schemas']['TimelineEvent'][] };
    Customer360: {
      customer: components['schemas']['Customer'];
      key_figures: { [key: string]: unknown };
      contact_points: components['schemas']['ContactPoint'][];
      addresses: components['schemas']['Address'][];
      relations: components['schemas']['Relation'][];
      consents: components['schemas']['Consents'];
      timeline: components['schemas']['Timeline'];
    };
    ImportJob: {
      id: number;
      file_name: string;
      status: string;
      columns: string[];
      mapping: { [key: string]: string | null };
      total: number | null;
      processed: number;
      created: number;
      updated: number;
      skipped: number;
      failed: number;
      problem: string | null;
      operation_id: number | null;
    };
    ImportPreview: { columns: string[]; rows: string[][] };
    UndoAnswer: {
      operation_id: number;
      undone: number;
      refused: { subject_type: string; subject_id: number; field: string; reason: string }[];
    };
    Deleted: { operation_id: number };
  };
}

type Json<T> = { headers: { [name: string]: unknown }; content: { 'application/json': T } };
type Empty = { headers: { [name: string]: unknown }; content?: never };
type Problem = {
  headers: { [name: string]: unknown };
  content: { 'application/problem+json': components['schemas']['Problem'] };
};
type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];
type Operation<Answer, Path = never, Query = never, Body = never> = {
  parameters: ([Path] extends [never] ? unknown : { path: Path }) & ([Query] extends [never] ? unknown : { query?: Query });
  responses: { 200: [Answer] extends [never] ? Empty : Json<Answer>; 422: Problem };
} & ([Body] extends [never] ? { requestBody?: never } : { requestBody: { content: { 'application/json': Body } } });
type Id = { id: number };

export interface operations {
  setup_state: Operation<Schema<'SetupState'>>;
  set_up: Operation<Schema<'Me'>, never, never, Schema<'SetUp'>>;
  sign_in: Operation<Schema<'Me'>, never, never, Schema<'SignIn'>>;
  sign_out: Operation<never>;
  me: Operation<Schema<'Me'>>;
  change_me: Operation<Schema<'Me'>, never, never, Schema<'MeChange'>>;
  list_customers: Operation<Schema<'CustomerList'>, never, { [key: string]: unknown }>;
  create_customer: Operation<Schema<'Customer'>, never, never, Schema<'CustomerInput'>>;
  customer_fields: Operation<Schema<'FieldInfo'>[]>;
  bulk_customers: Operation<Schema<'BulkAnswer'>, never, never, Schema<'Bulk'>>;
  customer: Operation<Schema<'Customer'>, Id>;
  change_customer: Operation<Schema<'Customer'>, Id, never, Schema<'CustomerInput'>>;
  delete_customer: Operation<Schema<'Deleted'>, Id>;
  customer_360: Operation<Schema<'Customer360'>, Id>;
  customer_timeline: Operation<Schema<'Timeline'>, Id, { cursor?: string; kind?: string }>;
  add_contact_point: Operation<Schema<'ContactPoint'>, Id, never, { [key: string]: unknown }>;
  delete_contact_point: Operation<never, Id & { point_id: number }>;
  add_address: Operation<Schema<'Address'>, Id, never, { [key: string]: unknown }>;
  delete_address: Operation<never, Id & { address_id: number }>;
  add_relation: Operation<Schema<'Relation'>, Id, never, { [key: string]: unknown }>;
  delete_relation: Operation<never, Id & { relation_id: number }>;
  consents: Operation<Schema<'Consents'>, Id>;
  add_consent: Operation<Schema<'ConsentEntry'>, Id, never, { [key: string]: unknown }>;
  upload_import: Operation<Schema<'ImportJob'>, never, never, { file: string }>;
  import_job: Operation<Schema<'ImportJob'>, Id>;
  change_import: Operation<Schema<'ImportJob'>, Id, never, { mapping?: { [key: string]: string | null } }>;
  preview_import: Operation<Schema<'ImportPreview'>, Id>;
  dry_run_import: Operation<Schema<'ImportJob'>, Id>;
  start_import: Operation<Schema<'ImportJob'>, Id>;
  pause_import: Operation<Schema<'ImportJob'>, Id>;
  resume_import: Operation<Schema<'ImportJob'>, Id>;
  users: Operation<{ results: Schema<'UserRow'>[] }, never, { page_size?: number }>;
  teams: Operation<{ results: Schema<'TeamRow'>[] }, never, { page_size?: number }>;
  undo: Operation<Schema<'UndoAnswer'>, Id>;
}
