import { Button, Group, MultiSelect, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { useRecordFields } from '@/api/record-fields';
import { may, useMe } from '@/api/session';
import { foldedOptions } from '@/ui/folded-options';
import { Refusal } from '@/ui/form/FormDrawer';
import { showNote } from '@/ui/toasts';
import { canBeLearned } from '../model-fields';
import { settingsQuery, useSaveSettings } from '../queries';

/** The fields that the model learns from. */
export function ModelFields() {
  const { t } = useTranslation();
  const me = useMe();
  const mayManage = may(me, 'scoring.manage');
  const { list } = useRecordFields('leads');
  const { data } = useQuery(settingsQuery);
  const save = useSaveSettings();
  const [draft, setDraft] = useState<string[]>();
  if (!data) return <Skeleton height={60} />;
  const value = draft ?? data.model_fields;
  const put = (model_fields: string[]) =>
    save.mutate(
      { model_fields },
      {
        onSuccess: () => {
          setDraft(undefined);
          showNote(t('scoring.model.fields_saved'));
        },
      },
    );
  return (
    <>
      <Refusal error={save.error} fields={['model_fields']} />
      <MultiSelect
        label={t('scoring.model.fields_label')}
        data={list
          .filter((field) => canBeLearned(field) || value.includes(field.name))
          .map(({ name, label }) => ({ value: name, label }))}
        value={value}
        onChange={(next) => {
          save.reset();
          setDraft(next);
        }}
        searchable
        filter={foldedOptions}
        nothingFoundMessage={t('common.nothing_found')}
        readOnly={!mayManage}
        error={save.error instanceof ApiError ? save.error.fieldError('model_fields') : undefined}
      />
      {mayManage && (
        <Group gap="xs">
          <Button variant="default" disabled={draft === undefined} loading={save.isPending} onClick={() => put(value)}>
            {t('common.save')}
          </Button>
          {draft !== undefined && (
            <Button
              variant="subtle"
              color="gray"
              onClick={() => {
                save.reset();
                setDraft(undefined);
              }}
            >
              {t('common.cancel')}
            </Button>
          )}
          <Button variant="subtle" color="gray" onClick={() => put([])} loading={save.isPending}>
            {t('scoring.model.fields_default')}
          </Button>
        </Group>
      )}
    </>
  );
}
