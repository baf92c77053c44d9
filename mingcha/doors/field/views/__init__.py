"""The phone's pages, in the order of a day: lists, outings, visits, findings."""
