"""Who runs what without a page: every command and background job, and what it touches. Read by `access`."""

# The operator is whoever may run programs as the account that owns the data folder; no post gives these.
COMMANDS = """
command            who       touches
demo               operator  makes and serves a demo of its own
serve              operator  serves this instance and runs its jobs; with --public, the pages of a report alone
worker             operator  runs this instance's jobs
import divisions   operator  divisions everywhere
import tiers       operator  any city's mechanism
import bodies      operator  bodies everywhere
import people      operator  accounts and posts everywhere
import posts       operator  posts everywhere
import links       operator  standing links everywhere
import types       operator  kinds of sites: how long a visit is planned with, how often a year businesses are visited
import sites       operator  the register everywhere
import rulebook    operator  a new edition of any catalogue
import reports     operator  counts of citizens' reports, of five or more, which weigh on scores a round late
import ledger      operator  an office's former ledger, as one of its officers
forms publish      operator  a new version of any checklist, and what a campaign's phones may fill in
forms list         operator  reads the checklists, changes nothing
forms template     operator  reads a checklist, changes nothing
devices add        operator  a token for the phone of anybody who makes visits
devices list       operator  reads whose phones there are, no token; changes nothing
devices revoke     operator  ends any phone's token
audit verify       operator  reads the record of acts, changes nothing
brief              operator  reads any campaign, changes nothing
lots verify        operator  a file of its own, no database
lots prove         operator  a file of its own, no database
lots check         operator  a file of its own, no database
route              operator  a file of its own, no database
risk backtest      operator  a file of its own, no database
ladder due         operator  reads any order's due steps, changes nothing
tips root          operator  a file of its own, no database
tips custodian     operator  a file of its own, no database
tips sign          operator  files of its own, no database
tips recover       operator  files of its own, no database; what it opens, only the named officer can open again
tips request       operator  reads an office's waiting public halves, changes nothing
tips install       operator  the directory to whose keys reports are sealed, once the root signed it
tips check         operator  reads the directory and every public half, changes nothing
tips envelopes     operator  reads an office's recovery envelopes, which two custodians open; changes nothing
tips restore       operator  gives an officer back what custodians recovered; opens none
tips kit           operator  a database role for the public's process, and a folder with its password and two keys
migrate            operator  the tables, never their rows
shell              operator  everything: outside the rules, so on nobody's everyday path
"""

JOBS = """
job              who     touches
audit.seal       system  chains committed acts everywhere, changes nothing else
evidence.render  system  makes what others see of pictures everywhere, changes no original
draws.learn      system  hands finished visits back to the draws, and scores the sites of every office at work
draws.route      system  plans the routes of drawn rounds everywhere, and seals their lists anew; opens none
notices.deliver  system  tells people everywhere, outside, that there are messages; passes on what nobody read
rectifications.climb system takes the steps of the ladder that are due and climb by themselves, everywhere
tips.announce    system  tells offices everywhere that reports came in, never which; opens none
tips.aside       system  works out everywhere which office stands aside from whom, for those who send in reports
tips.erase       system  destroys everywhere what is sealed and due, and uploads that nobody sent
tips.tidy        system  takes keys and tips everywhere from whoever lost the post for them; opens none
"""
