kubectl patch cronjob report -p '{"spec": {"schedule": "* 6 * * *"}}'
