import { ActionIcon, Badge, Checkbox, Group, Select, Textarea } from '@mantine/core';
import { IconChevronDown, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { DraftConsent } from '../draft';
import type { FormLang } from '../params';
import classes from './Build.module.css';

/** By which way somebody may be reached. */
export const channels = ['email', 'sms', 'call', 'push', 'post'] as const;
const purposes = ['marketing', 'service', 'survey', 'profiling', 'sharing'] as const;

/** Something people may agree to: by which way, for what, and what they are told. */
export function ConsentEditor({
  consent,
  lang,
  isOpen,
  errors,
  place,
  onToggle,
  onChange,
  onRemove,
}: {
  consent: DraftConsent;
  lang: FormLang;
  isOpen: boolean;
  errors: Record<string, string[]>;
  /** Where the server finds it in the form. */
  place: string;
  onToggle: () => void;
  onChange: (next: Partial<DraftConsent>, mark: string) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  const name = t('forms.consents.named', {
    channel: t(`forms.channels.${consent.channel}`),
    purpose: t(`forms.purposes.${consent.purpose}`),
  });
  const errorAt = (field: string) => errors[`${place}.${field}`]?.[0];
  const isWrong = Object.keys(errors).some((one) => one.startsWith(`${place}.`));
  const [text, notice] = [`text_${lang}`, `notice_${lang}`] as const;
  return (
    <>
      <div className={classes.line}>
        <button type="button" className={classes.toggle} aria-expanded={isOpen} onClick={onToggle}>
          <IconChevronDown size={15} className={classes.chevron} aria-hidden />
          <span className={classes.lineName}>
            {name}
            {consent[text] && <small>{consent[text]}</small>}
          </span>
        </button>
        {consent.is_required && (
          <Badge variant="light" size="sm">
            {t('forms.fields.required')}
          </Badge>
        )}
        {isWrong && (
          <Badge variant="light" size="sm" color="red">
            {t('forms.wrong')}
          </Badge>
        )}
        <ActionIcon aria-label={t('forms.consents.remove', { name })} onClick={onRemove}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </div>
      {isOpen && (
        <div className={classes.opened}>
          <Group grow gap="xs" align="flex-start">
            <Select
              label={t('forms.consents.channel')}
              data={channels.map((value) => ({ value, label: t(`forms.channels.${value}`) }))}
              value={consent.channel}
              onChange={(channel) => channel && onChange({ channel }, 'channel')}
              allowDeselect={false}
              error={errorAt('channel')}
            />
            <Select
              label={t('forms.consents.purpose')}
              data={purposes.map((value) => ({ value, label: t(`forms.purposes.${value}`) }))}
              value={consent.purpose}
              onChange={(purpose) => purpose && onChange({ purpose }, 'purpose')}
              allowDeselect={false}
              error={errorAt('purpose')}
            />
          </Group>
          <Textarea
            label={t('forms.consents.text')}
            description={t('forms.consents.text_hint')}
            autosize
            minRows={2}
            value={consent[text] ?? ''}
            onChange={({ currentTarget: { value } }) => onChange({ [text]: value }, text)}
            error={errorAt(text)}
          />
          <Textarea
            label={t('forms.consents.notice')}
            description={t('forms.consents.notice_hint')}
            autosize
            minRows={3}
            maxRows={12}
            value={consent[notice] ?? ''}
            onChange={({ currentTarget: { value } }) => onChange({ [notice]: value }, notice)}
            error={errorAt(notice)}
          />
          <Checkbox
            label={t('forms.consents.is_required')}
            description={t('forms.consents.is_required_hint')}
            checked={consent.is_required ?? false}
            onChange={({ currentTarget: { checked } }) => onChange({ is_required: checked }, 'is_required')}
          />
        </div>
      )}
    </>
  );
}
