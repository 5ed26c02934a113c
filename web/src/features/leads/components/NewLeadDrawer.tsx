import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isStatus } from '@/api/error';
import { useRecordFields } from '@/api/record-fields';
import { CustomerSelect } from '@/ui/customer-select/CustomerSelect';
import { changeOf } from '@/ui/facts/record-fact';
import { afterPress } from '@/ui/form/after-press';
import { FieldInput } from '@/ui/form/FieldInput';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { draftCheckQuery } from '../duplicates';
import { isAsked, leadFactKind } from '../facts';
import { useCreateLead } from '../queries';
import { titleOf } from '../title';
import { LeadCandidates } from './LeadCandidates';

type Values = Record<string, unknown>;

/** Asked where somebody referred the lead. */
const REFERRER = 'referred_by';

/** The few fields worth asking at once. */
const first = [
  'first_name',
  'last_name',
  'company',
  'title',
  'email',
  'phone',
  'city',
  'source',
  'source_detail',
  REFERRER,
  'budget',
  'need',
];

/** Custom fields live in an object of their own, which must be there before they are. */
const blank = (): Values => ({ custom: {} });

/** Long enough to have typed on, short enough to be told in time. */
const PAUSE_MS = 400;

/** A new lead: a few fields at once, all of them when asked for, and a word about who may be there already. */
export function NewLeadDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { list, byName } = useRecordFields('leads');
  const create = useCreateLead();
  const form = useForm<Values>({ initialValues: blank() });
  const box = useRef<HTMLDivElement>(null);
  const [all, showAll] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [meant, setMeant] = useState(false);

  const asked = first.filter((name) => byName.has(name) && (name !== REFERRER || form.values.source === 'referral'));
  const more = list.filter((field) => isAsked(field) && !first.includes(field.name)).map(({ name }) => name);
  const names = all ? [...asked, ...more] : asked;

  const draft: Values = {};
  for (const name of names) {
    const field = byName.get(name);
    const value = form.getInputProps(name).value;
    if (!field || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    const { custom, ...change } = changeOf(field, value);
    Object.assign(draft, change);
    if (custom) draft.custom = { ...(draft.custom as object), ...(custom as object) };
  }

  const [settled] = useDebouncedValue(JSON.stringify(draft), PAUSE_MS);
  const settledDraft = JSON.parse(settled) as Values;
  const isWorthAsking = opened && ['email', 'phone', 'company', 'last_name'].some((name) => name in settledDraft);
  const { data: found } = useQuery(draftCheckQuery(settledDraft, isWorthAsking));
  const check = isWorthAsking ? found?.check : undefined;
  const isRefused = isStatus(create.error, 409) && create.error.code === 'duplicate';

  const empty = () => {
    form.setValues(blank());
    form.setInitialValues(blank());
    form.reset();
    create.reset();
    setLeft(new Set());
    setMeant(false);
  };
  const close = () => {
    onClose();
    showAll(false);
    empty();
  };
  const save = (again: boolean) =>
    create.mutate(
      { body: draft, onDuplicate: meant ? 'keep' : 'refuse' },
      {
        onSuccess: ({ lead, operation }) => {
          showUndo(t('leads.created', { name: titleOf(lead) }), operation);
          if (again) {
            empty();
            box.current?.querySelector<HTMLElement>('input[data-autofocus]')?.focus();
          } else {
            close();
            navigate({ to: '/leads/$leadId', params: { leadId: lead.id } });
          }
        },
        onError: (error) => {
          // A field that is not shown may be the wrong one.
          const isHidden = more.some((name) => errorsOf(error, more)[name]);
          if (isHidden) showAll(true);
          form.setErrors(errorsOf(error, isHidden ? [...asked, ...more] : names));
        },
      },
    );

  return (
    <FormDrawer
      opened={opened}
      onClose={close}
      title={t('leads.new')}
      submit={t('leads.create')}
      onSubmit={form.onSubmit(() => save(false))}
      isPending={create.isPending}
      error={isRefused && check ? null : create.error}
      fields={names}
      errors={form.errors}
      size={460}
      actions={
        <Button variant="default" disabled={create.isPending} onClick={() => form.onSubmit(() => save(true))()}>
          {t('leads.create_and_new')}
        </Button>
      }
    >
      <div ref={box} style={{ display: 'contents' }}>
        {names.map((name, index) => {
          const field = byName.get(name);
          if (!field) return null;
          const { value, error, onChange } = form.getInputProps(name);
          if (name === REFERRER)
            return (
              <CustomerSelect
                key={name}
                label={field.label}
                value={value}
                error={error as string | undefined}
                onChange={onChange}
              />
            );
          return (
            <FieldInput
              key={name}
              kind={leadFactKind(field)}
              choices={field.choices}
              label={field.label}
              value={value}
              onChange={(next) => {
                onChange(next);
                setMeant(false);
              }}
              // What is half typed is not wrong yet: the complaint waits until the field is left, and what is missing until it is sent.
              error={error ?? (left.has(name) && name in settledDraft ? found?.errors[name]?.[0] : undefined)}
              onBlur={() => afterPress(() => setLeft((before) => new Set(before).add(name)))}
              data-autofocus={index === 0 || undefined}
            />
          );
        })}
      </div>
      {more.length > 0 && !all && (
        <Button variant="subtle" justify="flex-start" onClick={() => showAll(true)}>
          {t('leads.more_fields', { count: more.length })}
        </Button>
      )}
      <LeadCandidates check={check} isAsked={isRefused} isMeant={meant} onMeant={setMeant} />
    </FormDrawer>
  );
}
