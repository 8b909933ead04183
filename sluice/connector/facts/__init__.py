"""What the replies of one reading show beside their records: announcements, limits, sizes, counts.

facts       Facts: the values, their JSON (1 KB at most), and how they grow page by page
headers     what the headers of a good reply say
lifetimes   how long a session holds, by the login's own words

What they mean compared with earlier readings is sluice.contract.wire's business.
"""
