import { Alert, Button, CopyButton, Textarea } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { WebForm } from '@/api/types';
import { PagePart } from '@/ui/page/Page';
import classes from './EmbedTab.module.css';

/** How a form comes onto the web: its own page, a script, or a frame. */
export function EmbedTab({ form }: { form: WebForm }) {
  const { t } = useTranslation();
  const { url, script, iframe } = form.embedding;
  const needsOrigins = (form.content.allowed_origins ?? []).length === 0;
  const ways = [
    ['link', url],
    ['script', script],
    ['iframe', iframe],
  ] as const;
  return (
    <>
      {(!form.is_active || form.is_archived) && (
        <Alert color="orange" variant="light">
          {t('forms.embed.closed')}
        </Alert>
      )}
      {ways.map(([way, code]) => (
        <PagePart
          key={way}
          id={`embed-${way}`}
          title={t(`forms.embed.${way}`)}
          lead={t(`forms.embed.${way}_hint`)}
          actions={
            <CopyButton value={code}>
              {({ copied, copy }) => (
                <Button
                  variant="default"
                  leftSection={copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
                  onClick={copy}
                  aria-label={t('forms.embed.copy', {
                    action: copied ? t('common.copied') : t('common.copy'),
                    what: t(`forms.embed.${way}`),
                  })}
                >
                  {copied ? t('common.copied') : t('common.copy')}
                </Button>
              )}
            </CopyButton>
          }
        >
          {way !== 'link' && needsOrigins && <p className={classes.warning}>{t('forms.embed.no_origins')}</p>}
          <Textarea
            className={classes.code}
            aria-labelledby={`embed-${way}`}
            value={code}
            readOnly
            autosize
            spellCheck={false}
            onFocus={(event) => event.currentTarget.select()}
          />
        </PagePart>
      ))}
    </>
  );
}
