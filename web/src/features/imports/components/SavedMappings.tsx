import { ActionIcon, Button, Popover, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportJob, SavedImportMapping } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { errorsOf, Refusal } from '@/ui/form/FormDrawer';
import { mappingFor } from '../corrections';
import classes from '../pages/ImportPage.module.css';
import { savedMappingsQuery, useDeleteMapping, useSaveMapping } from '../queries';

/** Mappings of earlier files, to be used or forgotten, and a name for this one. */
export function SavedMappings({
  job,
  onUse,
}: {
  job: ImportJob;
  onUse: (change: Pick<ImportJob, 'mapping' | 'options'>) => void;
}) {
  const { t } = useTranslation();
  const [opened, { close, toggle }] = useDisclosure();
  const [forgotten, setForgotten] = useState<SavedImportMapping>();
  const { data: saved = [] } = useQuery(savedMappingsQuery(job.entity));
  const forget = useDeleteMapping();
  const use = ({ options }: SavedImportMapping, mapping: ImportJob['mapping']) => {
    close();
    // How this file is read is not the saved one's to say.
    const { encoding, separator, sheet } = job.options;
    onUse({ mapping, options: { ...options, encoding, separator, sheet } });
  };

  return (
    <>
      <Popover opened={opened} onChange={toggle} onDismiss={close} position="bottom-end" width={320} trapFocus>
        <Popover.Target>
          <Button variant="default" onClick={toggle}>
            {t('imports.saved.title')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={t('imports.saved.title')}>
          <Refusal error={forget.error} fields={[]} />
          {saved.length === 0 && <p className={classes.note}>{t('imports.saved.none')}</p>}
          <ul className={classes.saved}>
            {saved.map((one) => {
              const mapping = mappingFor(one, job.header);
              return (
                <li key={one.id}>
                  <Button
                    variant="subtle"
                    justify="start"
                    fullWidth
                    disabled={!mapping}
                    onClick={() => mapping && use(one, mapping)}
                  >
                    {one.name}
                  </Button>
                  <ActionIcon
                    aria-label={t('imports.saved.delete', { name: one.name })}
                    onClick={() => {
                      close();
                      setForgotten(one);
                    }}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                </li>
              );
            })}
          </ul>
          <SaveForm id={job.id} onSaved={close} />
        </Popover.Dropdown>
      </Popover>
      <ConfirmDialog
        opened={forgotten !== undefined}
        title={t('imports.saved.delete_title')}
        text={t('imports.saved.delete_text', { name: forgotten?.name })}
        confirm={t('imports.saved.delete_confirm')}
        onConfirm={() => forgotten && forget.mutate(forgotten.id)}
        onClose={() => setForgotten(undefined)}
      />
    </>
  );
}

function SaveForm({ id, onSaved }: { id: number; onSaved: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const save = useSaveMapping(id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(name, { onSuccess: onSaved });
  };
  return (
    <form onSubmit={submit} className={classes.save} noValidate>
      <Refusal error={save.error} fields={['name']} />
      <TextInput
        label={t('imports.saved.name')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={errorsOf(save.error, ['name']).name}
      />
      <Button type="submit" loading={save.isPending}>
        {t('imports.saved.save')}
      </Button>
    </form>
  );
}
