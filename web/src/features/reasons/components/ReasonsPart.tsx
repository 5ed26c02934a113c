import { ActionIcon, Button } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import { useErrorText } from '@/ui/error-text';
import { PagePart } from '@/ui/page/Page';
import { SortableList } from '@/ui/sortable/SortableList';
import { showRefusal, showUndo } from '@/ui/toasts';
import { type ReasonKind, useSetReasons } from '../queries';
import { ReasonDrawer } from './ReasonDrawer';
import classes from './ReasonsPart.module.css';

/** By this the server knows what never was a lead; screens have a word for it. */
const JUNK = 'junk';

/** The reasons of a kind, in the order in which forms offer them. */
export function ReasonsPart({ kind, reasons }: { kind: ReasonKind; reasons: string[] }) {
  const { t } = useTranslation();
  const mayManage = may(useMe(), 'pipeline.manage');
  const textOf = useErrorText();
  const set = useSetReasons(kind);
  /** The reason whose form is open: its place, or that of a new one. */
  const [edited, setEdited] = useState<number>();
  const nameOf = (reason: string) => (reason === JUNK ? t('reasons.junk') : reason);
  const put = (next: string[], said: string) =>
    set.mutate(next, {
      onSuccess: (operation) => showUndo(said, operation),
      onError: (error) => showRefusal(textOf(error)),
    });
  return (
    <PagePart
      id={`reasons-${kind}`}
      title={t(`reasons.kinds.${kind}`)}
      lead={t(`reasons.leads.${kind}`)}
      actions={
        mayManage && (
          <>
            <Button
              variant="subtle"
              color="gray"
              aria-label={`${t(`reasons.kinds.${kind}`)}: ${t('reasons.standard')}`}
              onClick={() => put([], t('reasons.standard_back'))}
            >
              {t('reasons.standard')}
            </Button>
            <Button
              variant="default"
              leftSection={<IconPlus size={15} aria-hidden />}
              aria-label={`${t(`reasons.kinds.${kind}`)}: ${t('reasons.add')}`}
              onClick={() => setEdited(reasons.length)}
            >
              {t('reasons.add')}
            </Button>
          </>
        )
      }
    >
      <SortableList
        label={t(`reasons.kinds.${kind}`)}
        items={reasons}
        idOf={(reason) => reason}
        nameOf={nameOf}
        onOrder={mayManage ? (next) => put(next, t('reasons.ordered')) : undefined}
      >
        {(reason) => (
          <div className={classes.reason}>
            <span className={classes.name}>{nameOf(reason)}</span>
            {mayManage && reason !== JUNK && (
              <ActionIcon
                aria-label={t('reasons.rename', { name: reason })}
                onClick={() => setEdited(reasons.indexOf(reason))}
              >
                <IconPencil size={16} aria-hidden />
              </ActionIcon>
            )}
            {/* Without any the standard ones would be back. */}
            {mayManage && reasons.length > 1 && (
              <ActionIcon
                aria-label={t('reasons.retire', { name: nameOf(reason) })}
                onClick={() =>
                  put(
                    reasons.filter((one) => one !== reason),
                    t('reasons.retired', { name: nameOf(reason) }),
                  )
                }
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            )}
          </div>
        )}
      </SortableList>
      {edited !== undefined && (
        <ReasonDrawer key={edited} kind={kind} reasons={reasons} place={edited} onClose={() => setEdited(undefined)} />
      )}
    </PagePart>
  );
}
