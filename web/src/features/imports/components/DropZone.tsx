import { Loader } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from '../pages/ImportPage.module.css';

/** A place to drop a file on, or to choose one. */
export function DropZone({ isLoading, onFile }: { isLoading: boolean; onFile: (file: File) => void }) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file) onFile(file);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <label
      className={classes.drop}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {isLoading ? <Loader size={30} /> : <IconFileUpload size={30} stroke={1.3} aria-hidden />}
      <b>{t('imports.drop')}</b>
      <span>{t('imports.drop_text')}</span>
      <input
        className="visually-hidden"
        type="file"
        accept=".csv,.tsv,.txt,.xlsx"
        disabled={isLoading}
        onChange={(event) => take(event.currentTarget.files)}
      />
    </label>
  );
}
