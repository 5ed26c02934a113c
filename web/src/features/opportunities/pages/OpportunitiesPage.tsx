import { RecordList } from '@/ui/record-list/RecordList';
import { ShownAs } from '../components/ShownAs';
import { useOpportunityListing } from '../listing';

interface Props {
  params: Record<string, string>;
  onParams: (params: Record<string, string>, replace?: boolean) => void;
  /** What the button for a new opportunity says and does. */
  create?: { label: string; run: () => void };
}

/** All opportunities, or those of a saved view, as a table. */
export function OpportunitiesPage(props: Props) {
  const listing = useOpportunityListing();
  return (
    <RecordList {...props} listing={listing}>
      <ShownAs value="list" />
    </RecordList>
  );
}
