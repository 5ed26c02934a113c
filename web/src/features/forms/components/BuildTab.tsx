import { Alert, Badge, Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import type { WebFormContent, WebFormField } from '@/api/types';
import { asLanguage } from '@/lib/language';
import { foldedOptions } from '@/ui/folded-options';
import { PagePart } from '@/ui/page/Page';
import { SortableList } from '@/ui/sortable/SortableList';
import { contentOf, type Draft, type DraftConsent, type DraftField, hasErrorsIn, newConsent, newField } from '../draft';
import { type FormLang, formLangs } from '../params';
import { formFieldsQuery, previewQuery } from '../queries';
import classes from './Build.module.css';
import { ConsentEditor, channels } from './ConsentEditor';
import { FieldEditor } from './FieldEditor';
import { FieldLine } from './FieldLine';
import { Preview } from './Preview';
import { Settings } from './Settings';
import { Texts } from './Texts';

/** Changes a draft; what is changed with the same mark is one step back. */
export type ChangeDraft = (next: (draft: Draft) => Draft, mark?: string) => void;

/** What a form asks and says, beside how it looks. What is wrong stands at its field while one writes. */
export function BuildTab({
  draft,
  change,
  refused,
  lang: asked,
  onLang,
  foot,
}: {
  draft: Draft;
  change: ChangeDraft;
  /** What the server refused when it was saved. */
  refused: Record<string, string[]>;
  lang: FormLang | undefined;
  onLang: (lang: FormLang) => void;
  foot: ReactNode;
}) {
  const { t, i18n } = useTranslation();
  const { data: known } = useQuery(formFieldsQuery);
  const content = useMemo(() => contentOf(draft), [draft]);
  const langs = formLangs.filter((one) => draft.content.langs?.includes(one));
  const lang = langs.find((one) => one === asked) ?? langs[0] ?? 'tr';
  const [shown] = useDebouncedValue(content, 400);
  const { html, error } = useSettledPreview(shown, lang);
  const errors = useMemo((): Record<string, string[]> => {
    const live = error instanceof ApiError ? error.errors : {};
    // Name and address are no part of the preview.
    const { name, slug } = refused;
    return { ...live, ...(name && { name }), ...(slug && { slug }) };
  }, [error, refused]);
  const errorAt = (place: string) => errors[place]?.[0];
  const [open, setOpen] = useState<string>();

  const { fields } = draft;
  const setContent = (next: Partial<Draft['content']>, mark?: string) =>
    change((before) => ({ ...before, content: { ...before.content, ...next } }), mark);
  const setFields = (next: DraftField[]) => change((before) => ({ ...before, fields: next }));
  const setField = (name: string, next: Partial<WebFormField>, mark: string) =>
    change(
      (before) => ({
        ...before,
        fields: before.fields.map((field) => (field.field === name ? { ...field, ...next, field: name } : field)),
      }),
      `${name} ${mark}`,
    );
  const setConsent = (id: string, next: Partial<DraftConsent>, mark: string) =>
    change(
      (before) => ({
        ...before,
        consents: before.consents.map((consent) => (consent.id === id ? { ...consent, ...next } : consent)),
      }),
      `${id} ${mark}`,
    );
  const infoOf = (name: string) => known?.find((info) => info.name === name);
  const labelOf = (name: string) => {
    const info = infoOf(name);
    // What it is called is on the way.
    if (!known) return '…';
    return (asLanguage(i18n.language) === 'tr' ? info?.label_tr : info?.label_en) ?? name;
  };
  const unused = (known ?? []).filter(({ name }) => !fields.some(({ field }) => field === name));
  const otherWrong = langs.filter((one) => one !== lang && hasErrorsIn(errors, one));

  return (
    <div className={classes.columns}>
      <div className={classes.editor}>
        <div className={classes.names}>
          <TextInput
            label={t('forms.name')}
            description={t('forms.name_hint')}
            value={draft.name}
            onChange={({ currentTarget: { value } }) => change((before) => ({ ...before, name: value }), 'name')}
            error={errorAt('name')}
          />
          <TextInput
            label={t('forms.slug')}
            description={t('forms.slug_hint')}
            leftSection={<span aria-hidden>/f/</span>}
            value={draft.slug}
            onChange={({ currentTarget: { value } }) => change((before) => ({ ...before, slug: value }), 'slug')}
            error={errorAt('slug')}
          />
        </div>
        {langs.length > 1 && (
          <div>
            <SegmentedControl
              size="xs"
              aria-label={t('forms.lang')}
              value={lang}
              onChange={(next) => onLang(next as FormLang)}
              data={langs.map((value) => ({ value, label: t(`forms.langs.${value}`) }))}
            />
            {otherWrong.map((one) => (
              <Badge key={one} variant="light" color="orange" ml="xs">
                {t('forms.wrong_in', { lang: t(`forms.langs.${one}`) })}
              </Badge>
            ))}
          </div>
        )}
        <PagePart id="form-fields" title={t('forms.fields.title')} lead={t('forms.fields.hint')}>
          {errorAt('content.fields') && (
            <Alert color="red" variant="light" role="alert">
              {errorAt('content.fields')}
            </Alert>
          )}
          <SortableList
            label={t('forms.fields.title')}
            items={fields}
            idOf={({ field }) => field}
            nameOf={({ field }) => labelOf(field)}
            onOrder={(next) => setFields(next)}
          >
            {(field, place) => (
              <FieldLine
                name={field[`label_${lang}`] || labelOf(field.field)}
                of={labelOf(field.field)}
                field={field}
                isOpen={open === field.field}
                isWrong={Object.keys(errors).some((name) =>
                  name.startsWith(`content.fields.${fields.indexOf(field)}.`),
                )}
                onToggle={() => setOpen(open === field.field ? undefined : field.field)}
                onRemove={() => setFields(fields.filter((other) => other !== field))}
                key={place}
              >
                <FieldEditor
                  field={field}
                  info={infoOf(field.field)}
                  lang={lang}
                  errorAt={(name) => errorAt(`content.fields.${fields.indexOf(field)}.${name}`)}
                  onChange={(next, mark) => setField(field.field, next, mark)}
                />
              </FieldLine>
            )}
          </SortableList>
          {unused.length > 0 && (
            <Select
              aria-label={t('forms.fields.add')}
              placeholder={t('forms.fields.add')}
              leftSection={<IconPlus size={15} aria-hidden />}
              data={unused.map(({ name }) => ({ value: name, label: labelOf(name) }))}
              value={null}
              onChange={(name) => {
                if (!name) return;
                setFields([...fields, newField(name)]);
                setOpen(name);
              }}
              searchable
              filter={foldedOptions}
              nothingFoundMessage={t('common.nothing_found')}
            />
          )}
        </PagePart>
        <PagePart
          id="form-consents"
          title={t('forms.consents.title')}
          lead={t('forms.consents.hint')}
          actions={
            <Button
              variant="default"
              leftSection={<IconPlus size={15} aria-hidden />}
              onClick={() => {
                const free = channels.find((one) => draft.consents.every(({ channel }) => channel !== one));
                const consent = newConsent(free ?? 'email');
                change((before) => ({ ...before, consents: [...before.consents, consent] }));
                setOpen(consent.id);
              }}
            >
              {t('forms.consents.add')}
            </Button>
          }
        >
          {draft.consents.length > 0 && (
            <SortableList
              label={t('forms.consents.title')}
              items={draft.consents}
              idOf={({ id }) => id}
              nameOf={({ channel, purpose }) =>
                t('forms.consents.named', {
                  channel: t(`forms.channels.${channel}`),
                  purpose: t(`forms.purposes.${purpose}`),
                })
              }
              onOrder={(consents) => change((before) => ({ ...before, consents }))}
            >
              {(consent) => (
                <ConsentEditor
                  consent={consent}
                  lang={lang}
                  isOpen={open === consent.id}
                  errors={errors}
                  place={`content.consents.${draft.consents.indexOf(consent)}`}
                  onToggle={() => setOpen(open === consent.id ? undefined : consent.id)}
                  onChange={(next, mark) => setConsent(consent.id, next, mark)}
                  onRemove={() =>
                    change((before) => ({
                      ...before,
                      consents: before.consents.filter(({ id }) => id !== consent.id),
                    }))
                  }
                />
              )}
            </SortableList>
          )}
        </PagePart>
        <PagePart id="form-texts" title={t('forms.texts.section')} lead={t('forms.texts.hint')}>
          <Texts content={draft.content} lang={lang} errorAt={errorAt} onChange={setContent} />
        </PagePart>
        <PagePart id="form-settings" title={t('forms.settings.title')}>
          <Settings content={draft.content} errors={errors} onChange={setContent} />
        </PagePart>
        <div className={classes.foot}>{foot}</div>
      </div>
      <Preview html={html} error={error} />
    </div>
  );
}

/**
 * How the form looked when it last could be shown, and what was wrong with what was written last. Both stay while the server is being
 * asked again: nothing flickers.
 */
function useSettledPreview(content: WebFormContent, lang: FormLang): { html: string | undefined; error: unknown } {
  const { data, error, isPending } = useQuery(previewQuery(content, lang));
  const [settled, setSettled] = useState<{ html: string | undefined; error: unknown }>({
    html: undefined,
    error: null,
  });
  useEffect(() => {
    if (isPending) return;
    setSettled((before) => ({ html: data ?? before.html, error }));
  }, [data, error, isPending]);
  return settled;
}
