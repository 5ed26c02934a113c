import { Button, Group, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { ConflictDialog } from '@/ui/ConflictDialog';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { PagePart } from '@/ui/page/Page';
import { SecretDialog } from '@/ui/SecretDialog';
import { showNote, showRefusal, showUndo } from '@/ui/toasts';
import { refusal } from './samples';

const dialogs = ['FormDrawer', 'ConfirmDialog', 'ConflictDialog', 'SecretDialog'] as const;

/** Everything that lies over a page. */
export function Dialogs() {
  const [open, setOpen] = useState<(typeof dialogs)[number]>();
  const close = () => setOpen(undefined);
  return (
    <PagePart id="kit-dialogs" title="FormDrawer, ConfirmDialog, ConflictDialog, SecretDialog, toasts">
      <Group gap="xs">
        {dialogs.map((name) => (
          <Button key={name} variant="default" onClick={() => setOpen(name)}>
            {name}
          </Button>
        ))}
        <Button variant="default" onClick={() => showUndo('Kaydedildi.', 1)}>
          showUndo
        </Button>
        <Button variant="default" onClick={() => showNote('Kopyalandı.')}>
          showNote
        </Button>
        <Button variant="default" onClick={() => showRefusal('Buna izniniz yok.')}>
          showRefusal
        </Button>
      </Group>
      {open === 'FormDrawer' && <RefusedForm onClose={close} />}
      <ConfirmDialog
        opened={open === 'ConfirmDialog'}
        title="Silinsin mi?"
        text="Bu geri alınamaz."
        confirm="Sil"
        onConfirm={close}
        onClose={close}
      />
      <ConflictDialog
        conflicts={
          open === 'ConflictDialog'
            ? {
                name: { yours: 'Benimki', theirs: 'Onunki', original: 'Önceki' },
                city: { yours: '', theirs: 'İzmir', original: 'Iğdır' },
              }
            : undefined
        }
        fields={new Map()}
        onResolve={close}
        onClose={close}
      />
      <SecretDialog
        opened={open === 'SecretDialog'}
        onClose={close}
        title="Anahtarınız"
        text="Bir daha gösterilmez."
        label="Anahtar"
        value="crm_0123456789abcdef"
      />
    </PagePart>
  );
}

const fields = ['name', 'city'];

function RefusedForm({ onClose }: { onClose: () => void }) {
  const form = useForm({ initialValues: { name: 'Örnek', city: '' } });
  const [error, setError] = useState<unknown>();
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title="FormDrawer"
      submit="Kaydet"
      onSubmit={form.onSubmit(() => {
        setError(refusal);
        form.setErrors(errorsOf(refusal, fields));
      })}
      isPending={false}
      error={error}
      fields={fields}
      errors={form.errors}
    >
      <TextInput label="Ad" data-autofocus {...form.getInputProps('name')} />
      <TextInput label="İl" {...form.getInputProps('city')} />
    </FormDrawer>
  );
}
