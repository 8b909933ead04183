import Box from "@cloudscape-design/components/box";
import { useQueryClient } from "@tanstack/react-query";
import { api } from "../../../api/client";
import { Ask } from "../../../parts/Ask";
import { useNews } from "../../../shell/News";
import { registeredInWords } from "../registered";

interface RollBackProps {
  connector: string;
  /** 0 is what was delivered. */
  to: number;
  onClose: () => void;
}

/** Asks before an earlier version of a connector holds again. */
export function RollBack({ connector, to, onClose }: RollBackProps) {
  const news = useNews();
  const known = useQueryClient();
  const what = to === 0 ? "what was delivered" : `version ${to}`;
  const rolling = api.useMutation("post", "/connectors/{name}/rollback", {
    onSuccess: (done) => {
      void known.invalidateQueries();
      news.tell(registeredInWords(done), `${connector}: ${what} holds`);
      onClose();
    },
  });
  return (
    <Ask
      title={`Let ${what} of ${connector} hold?`}
      action="Let it hold"
      reason="optional"
      busy={rolling.isPending}
      error={rolling.error}
      onAnswer={(reason) => rolling.mutate({ params: { path: { name: connector } }, body: { to, reason } })}
      onClose={onClose}
    >
      <Box>
        It holds for all connections of {connector} from their next run on; a run under way ends with what it
        began with. It is checked first that each of them fits.
      </Box>
    </Ask>
  );
}
