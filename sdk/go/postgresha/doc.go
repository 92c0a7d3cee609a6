// Highly available PostgreSQL on Kubernetes as one Pulumi component, with no operator
package postgresha
