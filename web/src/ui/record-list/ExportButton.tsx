import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/client';
import type { RecordKind } from '@/api/records';
import { useCommands } from '../commands/registry';
import { useErrorText } from '../error-text';
import { showRefusal } from '../toasts';
import { type Asked, paramsOf } from './list-queries';

/**
 * The records of the list as a file. What a query string can say is a plain link, so that the browser writes the file while it arrives; the
 * rest is asked for with its criteria, and saved when all of it is here.
 */
export function ExportButton({
  kind,
  title,
  asked,
  className,
}: {
  kind: RecordKind;
  /** The list among the commands. */
  title: string;
  asked: Asked;
  className?: string | undefined;
}) {
  const path = `/api/v1/crm/${kind}/export/` as const;
  const { t } = useTranslation();
  const textOf = useErrorText();
  const fetching = useMutation({
    mutationFn: async () => {
      const body = {
        criteria: asked.criteria as Record<string, unknown>,
        search: asked.search || null,
        ordering: asked.ordering || null,
        format: 'xlsx',
      };
      const { data, response } = await http.POST(path, { body, parseAs: 'blob' });
      save(data as Blob, nameOf(response));
    },
    onError: (error) => showRefusal(textOf(error)),
  });
  const params = paramsOf(asked);
  const { count: _, ...query } = params ?? {};
  const link = `${path}?${new URLSearchParams({ format: 'xlsx', ...query })}`;
  const run = () => (params ? window.location.assign(link) : fetching.mutate());
  useCommands(title, [{ id: `${kind}.export`, label: t('common.list.export'), icon: IconDownload, run }]);
  const looks = { className, variant: 'default', leftSection: <IconDownload size={15} aria-hidden /> };
  if (!params)
    return (
      <Button {...looks} loading={fetching.isPending} onClick={() => fetching.mutate()}>
        {t('common.list.export')}
      </Button>
    );
  return (
    <Button {...looks} component="a" href={link} download>
      {t('common.list.export')}
    </Button>
  );
}

/** The name that the server gives the file. */
function nameOf(response: Response): string {
  return /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? 'export.xlsx';
}

function save(file: Blob, name: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
