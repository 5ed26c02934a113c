import { useRouter } from '@tanstack/react-router';
import { isStatus } from '@/api/error';
import { ErrorState } from '@/ui/ErrorState';
import NotFoundPage from './NotFoundPage';

/** What stands in for a page that failed. */
export default function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  if (isStatus(error, 404)) return <NotFoundPage />;
  return (
    <ErrorState
      heading="h1"
      error={error}
      onRetry={() => {
        reset();
        router.invalidate();
      }}
    />
  );
}
